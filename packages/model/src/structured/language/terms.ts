/**
 * Regular languages of Unicode text as terms with intersection and complement.
 *
 * Patterns with lookaheads, lengths beside patterns, keys that are none of the listed ones: all are `both` and `not`, which
 * automata of the usual kind cannot join without a product construction. Brzozowski's derivatives treat them like any other
 * term (`derivative.ts`). Equal terms are one object, so that the derivatives of a term are finitely many.
 *
 * @see Owens, Reppy, Turon 2009, Regular-expression derivatives re-examined, https://doi.org/10.1017/S0956796808007090
 */
import { ResponseFormatError } from "../response-format-error.ts";
import { MAX_DERIVATIVES } from "../limits.ts";
import { allCodePoints, type CodePointSet, intersectSets, uniteSets } from "./code-point-set.ts";

interface TermFacts {
  readonly id: number;
  /** Whether the empty text is in the language. */
  readonly isNullable: boolean;
}

/** A regular language. */
export type Term = TermFacts &
  (
    | { readonly kind: "none" | "empty" }
    | { readonly kind: "characters"; readonly set: CodePointSet }
    | { readonly kind: "sequence"; readonly first: Term; readonly rest: Term }
    | { readonly kind: "either" | "both"; readonly terms: readonly Term[] }
    | { readonly kind: "not"; readonly term: Term }
    | { readonly kind: "repeat"; readonly term: Term; readonly min: number; readonly max: number }
  );

type TermShape = Term extends infer Shape
  ? Shape extends Term
    ? Omit<Shape, keyof TermFacts>
    : never
  : never;

/** Makes the terms of one compilation and bounds their number. */
export class Terms {
  /** No text at all. */
  readonly none: Term;
  /** The empty text. */
  readonly empty: Term;
  /** Every text of one character. */
  readonly anyCharacter: Term;
  /** Every text. */
  readonly anyText: Term;
  readonly #known = new Map<string, Term>();
  #steps = 0;

  constructor() {
    this.none = this.#intern("none", { kind: "none" }, false);
    this.empty = this.#intern("empty", { kind: "empty" }, true);
    this.anyCharacter = this.characters(allCodePoints);
    this.anyText = this.repeat(this.anyCharacter, 0, Infinity);
  }

  /** Counts one step of work. @throws {ResponseFormatError} if there were too many. */
  countStep(): void {
    if (++this.#steps <= MAX_DERIVATIVES) return;
    throw new ResponseFormatError({
      where: "responseFormat",
      expected: "patterns and strings that are simple together",
      actual: `more than ${MAX_DERIVATIVES} steps of compilation`,
      hint: "use smaller counts and fewer alternatives and lookaheads",
    });
  }

  /** One character of the set. */
  characters(set: CodePointSet): Term {
    if (set.length === 0) return this.none;
    return this.#intern(`c${set.join()}`, { kind: "characters", set }, false);
  }

  /** Exactly this text. */
  literal(text: string): Term {
    let term = this.empty;
    for (const character of [...text].toReversed()) {
      const codePoint = character.codePointAt(0) as number;
      term = this.sequence(
        this.characters(intersectSets([codePoint, codePoint], allCodePoints)),
        term,
      );
    }
    return term;
  }

  /** One of these texts; what they begin with in common is written once. */
  literals(texts: readonly string[]): Term {
    const groups = new Map<string, string[]>();
    let isNullable = false;
    for (const text of texts) {
      const [first] = text;
      if (first === undefined) isNullable = true;
      else if (groups.get(first)?.push(text) === undefined) groups.set(first, [text]);
    }
    const terms = [...groups.values()].map((group) => {
      const prefix = commonPrefix(group);
      if (group.length === 1) return this.literal(prefix);
      const rests = group.map((text) => text.slice(prefix.length));
      return this.sequence(this.literal(prefix), this.literals(rests));
    });
    return this.either([...terms, ...(isNullable ? [this.empty] : [])]);
  }

  /** One text after the other. */
  sequence(first: Term, rest: Term): Term {
    if (first.kind === "none" || rest.kind === "none") return this.none;
    if (first.kind === "empty") return rest;
    if (rest.kind === "empty") return first;
    if (first.kind === "sequence")
      return this.sequence(first.first, this.sequence(first.rest, rest));
    const isNullable = first.isNullable && rest.isNullable;
    return this.#intern(`s${first.id},${rest.id}`, { kind: "sequence", first, rest }, isNullable);
  }

  /** Texts of any of the languages. */
  either(terms: readonly Term[]): Term {
    const sets: CodePointSet[] = [];
    const others = new Set<Term>();
    for (const term of terms.flatMap((each) => (each.kind === "either" ? each.terms : [each])))
      if (term.kind === "characters") sets.push(term.set);
      else if (term.kind !== "none") others.add(term);
    if (others.has(this.anyText)) return this.anyText;
    if (sets.length > 0) others.add(this.characters(uniteSets(sets)));
    return this.#join("either", others, this.none);
  }

  /** Texts of all of the languages. */
  both(terms: readonly Term[]): Term {
    let set: CodePointSet | undefined;
    const others = new Set<Term>();
    for (const term of terms.flatMap((each) => (each.kind === "both" ? each.terms : [each])))
      if (term.kind === "none") return this.none;
      else if (term.kind === "characters") set = intersectSets(set ?? allCodePoints, term.set);
      else if (term !== this.anyText) others.add(term);
    if (set?.length === 0) return this.none;
    if (set !== undefined) others.add(this.characters(set));
    if (others.has(this.empty))
      return [...others].every((term) => term.isNullable) ? this.empty : this.none;
    return this.#join("both", others, this.anyText);
  }

  /** Texts that are not in the language. */
  not(term: Term): Term {
    if (term.kind === "none") return this.anyText;
    if (term === this.anyText) return this.none;
    if (term.kind === "not") return term.term;
    return this.#intern(`n${term.id}`, { kind: "not", term }, !term.isNullable);
  }

  /** `min` to `max` texts one after another; `max` may be Infinity. */
  repeat(term: Term, min: number, max: number): Term {
    if (max === 0 || term.kind === "empty") return this.empty;
    if (term.kind === "none") return min === 0 ? this.empty : this.none;
    if (min === 1 && max === 1) return term;
    const least = term.isNullable ? 0 : min;
    if (term.kind === "repeat" && term.min === 0 && term.max === Infinity) return term;
    const key = `r${term.id},${least},${max}`;
    return this.#intern(key, { kind: "repeat", term, min: least, max }, least === 0);
  }

  #join(kind: "either" | "both", terms: ReadonlySet<Term>, neutral: Term): Term {
    const sorted = [...terms].sort((a, b) => a.id - b.id);
    const [only] = sorted;
    if (only === undefined) return neutral;
    if (sorted.length === 1) return only;
    const isNullable =
      kind === "either"
        ? sorted.some((term) => term.isNullable)
        : sorted.every((term) => term.isNullable);
    const key = `${kind}${sorted.map(({ id }) => id).join()}`;
    return this.#intern(key, { kind, terms: sorted }, isNullable);
  }

  #intern(key: string, shape: TermShape, isNullable: boolean): Term {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.countStep();
    const term = { ...shape, id: this.#known.size, isNullable } as Term;
    this.#known.set(key, term);
    return term;
  }
}

/** What all the texts begin with, whole characters only. */
function commonPrefix(texts: readonly string[]): string {
  let prefix = [...(texts[0] ?? "")];
  for (const text of texts.slice(1)) {
    const characters = Array.from(text.slice(0, prefix.length * 2));
    const end = prefix.findIndex((character, index) => character !== characters[index]);
    if (end >= 0) prefix = prefix.slice(0, end);
  }
  return prefix.join("");
}
