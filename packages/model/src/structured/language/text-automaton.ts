import { MAX_TEXT_STATES } from "../limits.ts";
import { ResponseFormatError } from "../response-format-error.ts";
import { type CodePointSet, codePointSet, MAX_CODE_POINT } from "./code-point-set.ts";
import { Derivatives } from "./derivative.ts";
import type { Term, Terms } from "./terms.ts";

/** A deterministic automaton over characters. State 0 is the start; every state leads to an accepting one. */
export interface TextAutomaton {
  readonly isAccepting: readonly boolean[];
  /** Per state: which characters lead where. */
  readonly edges: readonly (readonly TextEdge[])[];
}

/** Characters of one state that lead to the same next state. */
export interface TextEdge {
  readonly set: CodePointSet;
  readonly target: number;
}

/**
 * The automaton of a language.
 *
 * @returns undefined if no text is in the language.
 * @throws {ResponseFormatError} if it has too many states, e.g. for a pattern of many nested counts.
 */
export function textAutomaton(terms: Terms, language: Term): TextAutomaton | undefined {
  const derivatives = new Derivatives(terms);
  const states = [language];
  const indexOf = new Map<Term, number>([[language, 0]]);
  const edges: TextEdge[][] = [];
  for (let state = 0; state < states.length; state++) {
    const successors = successorsOf(derivatives, terms, states[state] as Term);
    edges.push([...successors].map(([term, set]) => ({ set, target: add(term) })));
  }
  return withoutDeadEnds(
    states.map((term) => term.isNullable),
    edges,
  );

  function add(term: Term): number {
    const known = indexOf.get(term);
    if (known !== undefined) return known;
    if (states.length >= MAX_TEXT_STATES) throw tooManyStates();
    indexOf.set(term, states.length);
    return states.push(term) - 1;
  }
}

function successorsOf(derivatives: Derivatives, terms: Terms, term: Term): Map<Term, CodePointSet> {
  const points = derivatives.boundaries(term);
  const ranges = new Map<Term, [number, number][]>();
  for (const [index, first] of points.entries()) {
    if (first > MAX_CODE_POINT) continue;
    const target = derivatives.of(term, first);
    if (target === terms.none) continue;
    const range: [number, number] = [first, (points[index + 1] ?? MAX_CODE_POINT + 1) - 1];
    if (ranges.get(target)?.push(range) === undefined) ranges.set(target, [range]);
  }
  const sets = [...ranges].map(([target, list]) => [target, codePointSet(list)] as const);
  return new Map(sets.filter(([, set]) => set.length > 0));
}

/** Leaves out states from which no text can be finished: a reader must never enter one. */
function withoutDeadEnds(
  isAccepting: readonly boolean[],
  edges: readonly (readonly TextEdge[])[],
): TextAutomaton | undefined {
  const sources = edges.map((): number[] => []);
  for (const [source, list] of edges.entries())
    for (const { target } of list) sources[target]?.push(source);
  const live = new Set<number>();
  const pending = [...isAccepting.keys()].filter((state) => isAccepting[state]);
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (live.has(state)) continue;
    live.add(state);
    pending.push(...(sources[state] ?? []));
  }
  if (!live.has(0)) return undefined;
  const liveEdges = edges.map((list) => list.filter(({ target }) => live.has(target)));
  return { isAccepting, edges: liveEdges };
}

function tooManyStates(): ResponseFormatError {
  return new ResponseFormatError({
    where: "responseFormat",
    expected: `patterns and strings of at most ${MAX_TEXT_STATES} states`,
    actual: "more",
    hint: "use smaller counts, or leave minLength and maxLength out beside a pattern",
  });
}
