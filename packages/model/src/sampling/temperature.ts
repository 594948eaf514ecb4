import type { ScoreFilter } from "./filter.ts";

/**
 * Divides the scores: `s / T`, in float32 like PyTorch. Below 1 sharpens the distribution, above 1 flattens it.
 *
 * It runs over the whole vocabulary even if top-k follows: the division can round two scores to one, and
 * such a tie at the k-th place survives top-k.
 *
 * @param temperature - T > 0.
 */
export function temperature(temperature: number): ScoreFilter {
  const divisor = Math.fround(temperature);
  return (scores) => {
    for (let id = 0; id < scores.length; id++) scores[id] = (scores[id] as number) / divisor;
  };
}
