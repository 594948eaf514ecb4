import { philox4x32 } from "@baichuan2/model";

/** Where a mask belongs in a run; masks of different places are independent. */
export interface DropoutPlace {
  readonly seed: number;
  /** Batch of the whole run, from 0. */
  readonly batch: number;
  readonly layer: number;
  /** Which of the layer's linears. */
  readonly target: number;
}

/** Tells dropout from what else a seed is used for. */
const DROPOUT_STREAM = 0x64726f70;

/**
 * Fills a dropout mask: 0 with probability `rate`, else `1 / (1 − rate)`. Depends on its place alone: backwards and in a run
 * that goes on it is the same.
 */
export function fillDropout(mask: Float32Array, rate: number, place: DropoutPlace): void {
  const kept = 1 / (1 - rate);
  const bound = rate * 2 ** 32;
  const { seed, batch, layer, target } = place;
  for (let start = 0; start < mask.length; start += 4) {
    const words = philox4x32([start >>> 2, layer, target, batch], [seed, DROPOUT_STREAM]);
    for (let i = 0; i < 4 && start + i < mask.length; i++)
      mask[start + i] = (words[i] as number) < bound ? 0 : kept;
  }
}
