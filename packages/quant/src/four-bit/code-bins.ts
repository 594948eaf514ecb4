/**
 * A scaled weight becomes a code with one table look-up and one comparison, not fifteen.
 *
 * [-1, 1] is cut into 2048 equal bins, narrow enough that none holds two thresholds (the closest two, FP4's around 0, are
 * 0.0026 apart, 2.7 bins). A bin knows the code at its lower end, and the threshold in it with the code above, if any:
 *
 * ```text
 * thresholds        t0                 t1
 * bins       |     .|      |      |    |.     |
 * below         c0     c1     c1     c1    c2
 * threshold     t0      ∞      ∞     t1     ∞
 * above         c1     c1     c1     c2    c2
 * ```
 */
import type { CodeLadder } from "./code-ladder.ts";

/** Bins a unit. A power of two: a float32 times it, plus it, is exact enough as a double that bins keep the order. */
export const BINS_PER_UNIT = 1024;

/** What is known of each bin; bin `i` starts at `i/BINS_PER_UNIT − 1`. */
export interface CodeBins {
  /** Code of a scaled weight in the bin that is not above the threshold. */
  readonly below: Uint8Array;
  readonly threshold: Float32Array;
  readonly above: Uint8Array;
}

/**
 * The table of a ladder. It has two bins more than 2 units: `w · (1/absmax)` may be one unit in the last place above 1.
 *
 * @throws {Error} if two thresholds share a bin.
 */
export function createCodeBins({ thresholds, codes }: CodeLadder): CodeBins {
  const length = 2 * BINS_PER_UNIT + 2;
  const bins: CodeBins = {
    below: new Uint8Array(length),
    threshold: new Float32Array(length).fill(Infinity),
    above: new Uint8Array(length),
  };
  let step = 0;
  for (let bin = 0; bin < length; bin++) {
    bins.below[bin] = codes[step];
    if (binOf(thresholds[step]) === bin) bins.threshold[bin] = thresholds[step++];
    if (binOf(thresholds[step]) === bin) throw new Error(`two thresholds in bin ${bin}`);
    bins.above[bin] = codes[step];
  }
  return bins;
}

function binOf(x: number): number {
  return (x * BINS_PER_UNIT + BINS_PER_UNIT) | 0;
}
