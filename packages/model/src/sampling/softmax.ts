import type { Candidates } from "./candidates.ts";
import { LogitsError } from "./logits-error.ts";

/**
 * Probabilities of the candidates, in float64: `exp(s - max) / sum`.
 *
 * @param scores - Shape `[V]`.
 * @param probabilities - Receives the result, in the order of `candidates.ids`.
 * @throws {LogitsError} if no distribution is left: a penalty or temperature far out of range overflowed.
 */
export function softmax(
  scores: Float32Array,
  candidates: Candidates,
  probabilities: Float64Array,
): void {
  const { highest } = candidates.range(scores);
  let sum = 0;
  for (let index = 0; index < candidates.count; index++) {
    const weight = Math.exp((scores[candidates.ids[index] as number] as number) - highest);
    probabilities[index] = weight;
    sum += weight;
  }
  if (!(sum > 0)) {
    throw new LogitsError("finite scores after the filters", `a highest score of ${highest}`);
  }
  for (let index = 0; index < candidates.count; index++) {
    probabilities[index] = (probabilities[index] as number) / sum;
  }
}
