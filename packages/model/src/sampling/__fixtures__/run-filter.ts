import { Candidates } from "../candidates.ts";
import type { ScoreFilter } from "../filter.ts";
import { TokenHistory } from "../token-history.ts";

/** Scores after one filter; dropped ids are -Infinity. */
export function runFilter(
  filter: ScoreFilter,
  scores: readonly number[] | Float32Array,
  history: readonly number[] = [],
): number[] {
  const result = Float32Array.from(scores);
  const candidates = new Candidates(result.length);
  candidates.reset(result);
  filter(result, { history: new TokenHistory(history), candidates });
  const listed = [...candidates.ids.subarray(0, candidates.count)];
  const inRace = [...result.keys()].filter((id) => result[id]! > -Infinity);
  if (listed.join() !== inRace.join()) throw new Error(`candidates ${listed} but scores ${inRace}`);
  return [...result];
}

/** Ids that are still in the race after one filter. */
export function keptIds(filter: ScoreFilter, scores: readonly number[] | Float32Array): number[] {
  const result = runFilter(filter, scores);
  return [...result.keys()].filter((id) => result[id]! > -Infinity);
}
