import type { Candidates } from "./candidates.ts";
import { LogitsError } from "./logits-error.ts";

/**
 * Unnormalised probabilities of the candidates, in float64: `exp(s - max)`.
 *
 * @param weights - Receives them, in the order of the candidates.
 * @returns their sum; a weight over it is a probability.
 * @throws {LogitsError} if no distribution is left: a penalty or temperature far out of range overflowed.
 */
export function softmaxWeights(candidates: Candidates, weights: Float64Array): number {
  const { scores, count } = candidates;
  const { highest } = candidates.range();
  let sum = 0;
  for (let place = 0; place < count; place++) {
    const weight = Math.exp((scores[place] as number) - highest);
    weights[place] = weight;
    sum += weight;
  }
  if (!(sum > 0)) {
    throw new LogitsError("finite scores after the filters", `a highest score of ${highest}`);
  }
  return sum;
}
