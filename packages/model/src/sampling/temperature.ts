import type { Warper } from "./filter.ts";

/**
 * Divides the scores: `s / T`, in float32 like PyTorch. Below 1 sharpens the distribution, above 1 flattens it.
 *
 * It runs before top-k although that leaves it more to do: the division can round two scores to one, and
 * such a tie at the k-th place survives top-k.
 *
 * @param temperature - T > 0.
 */
export function temperature(temperature: number): Warper {
  const divisor = Math.fround(temperature);
  return ({ scores, count }) => {
    for (let place = 0; place < count; place++) {
      scores[place] = (scores[place] as number) / divisor;
    }
  };
}
