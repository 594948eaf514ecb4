import { isInSet } from "./code-point-set.ts";
import type { Term, Terms } from "./terms.ts";

/** Takes derivatives: the language of what may follow a character. */
export class Derivatives {
  readonly #terms: Terms;
  readonly #boundaries = new Map<Term, readonly number[]>();

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** What may follow `codePoint` in the texts of `term` that begin with it. */
  of(term: Term, codePoint: number): Term {
    const terms = this.#terms;
    terms.countStep();
    switch (term.kind) {
      case "none":
      case "empty":
        return terms.none;
      case "characters":
        return isInSet(term.set, codePoint) ? terms.empty : terms.none;
      case "sequence": {
        const ofFirst = terms.sequence(this.of(term.first, codePoint), term.rest);
        if (!term.first.isNullable) return ofFirst;
        return terms.either([ofFirst, this.of(term.rest, codePoint)]);
      }
      case "either":
      case "both":
        return terms[term.kind](term.terms.map((each) => this.of(each, codePoint)));
      case "not":
        return terms.not(this.of(term.term, codePoint));
      case "repeat": {
        const rest = terms.repeat(term.term, Math.max(0, term.min - 1), term.max - 1);
        return terms.sequence(this.of(term.term, codePoint), rest);
      }
    }
  }

  /**
   * Code points at which the derivative may change: it is the same for all characters from one of them up to the next.
   *
   * @returns ascending; the first is 0.
   */
  boundaries(term: Term): readonly number[] {
    const known = this.#boundaries.get(term);
    if (known !== undefined) return known;
    const made = this.#makeBoundaries(term);
    this.#boundaries.set(term, made);
    return made;
  }

  /** Whether the text is in the language. */
  matches(term: Term, text: string): boolean {
    let rest = term;
    for (const character of text) rest = this.of(rest, character.codePointAt(0) as number);
    return rest.isNullable;
  }

  #makeBoundaries(term: Term): readonly number[] {
    switch (term.kind) {
      case "none":
      case "empty":
        return [0];
      case "characters":
        return ascending([0, ...term.set.map((point, index) => point + (index % 2))]);
      case "sequence":
        if (!term.first.isNullable) return this.boundaries(term.first);
        return ascending([...this.boundaries(term.first), ...this.boundaries(term.rest)]);
      case "either":
      case "both":
        return ascending(term.terms.flatMap((each) => this.boundaries(each)));
      case "not":
      case "repeat":
        return this.boundaries(term.term);
    }
  }
}

function ascending(points: readonly number[]): number[] {
  return [...new Set(points)].sort((a, b) => a - b);
}
