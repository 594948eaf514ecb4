import { Candidates } from "../candidates.ts";
import type { LogitsProcessor, Warper } from "../filter.ts";
import { TokenHistory } from "../token-history.ts";

/** Scores after a processor. */
export function runProcessor(
  processor: LogitsProcessor,
  scores: Iterable<number>,
  history: Iterable<number>,
): number[] {
  const result = Float32Array.from(scores);
  processor(result, new TokenHistory(history));
  return [...result];
}

/** Scores after warpers; dropped ids are -Infinity. */
export function runWarpers(warpers: readonly Warper[], scores: Iterable<number>): number[] {
  const initial = Float32Array.from(scores);
  const candidates = new Candidates(initial.length);
  candidates.scores.set(initial);
  for (const warper of warpers) warper(candidates);
  const result = Array.from(initial, () => -Infinity);
  for (const [place, id] of candidates.listIds().entries()) {
    result[id] = candidates.scores[place] as number;
  }
  return result;
}

/** Ids that can still be drawn after one warper. */
export function keptIds(warper: Warper, scores: Iterable<number>): number[] {
  const result = runWarpers([warper], scores);
  return [...result.keys()].filter((id) => (result[id] as number) > -Infinity);
}
