import { LogitsError } from "./logits-error.ts";

/**
 * Id of the highest score, the lowest id on ties as in PyTorch.
 *
 * @throws {LogitsError} if every score is -Infinity.
 */
export function argmax(scores: Float32Array): number {
  let best = -1;
  let highest = -Infinity;
  const { length } = scores;
  for (let id = 0; id < length; id++) {
    const score = scores[id] as number;
    if (score > highest) {
      highest = score;
      best = id;
    }
  }
  if (best < 0) throw new LogitsError("an id with a score above -Infinity", "none");
  return best;
}
