import { uniform } from "@baichuan2/model";
import type { RandomSource } from "../random/random-source.ts";
import type { Interval } from "./interval.ts";

/** Most samples that are drawn in all. */
const MAX_DRAWS = 200_000;

/** Times that samples are drawn again: as many as percentiles want, fewer where each is much work. */
export function resamplesOf(n: number): number {
  return Math.min(1000, Math.max(100, Math.floor(MAX_DRAWS / n)));
}

/** How samples are drawn; each set of them wants a stream of its own. */
export interface BootstrapOptions extends RandomSource {
  /** Default: {@link resamplesOf}. */
  readonly resamples?: number | undefined;
}

/**
 * Statistics of samples that are drawn from the given ones with replacement.
 *
 * @returns as many as `resamples`, in the order in which they were drawn.
 */
export function bootstrap<Item>(
  items: readonly Item[],
  statistic: (drawn: readonly Item[]) => number,
  { seed, stream, resamples = resamplesOf(items.length) }: BootstrapOptions,
): number[] {
  const n = items.length;
  return Array.from({ length: resamples }, (_, round) => {
    const pick = (i: number): number => Math.floor(uniform(seed, stream, round * n + i) * n);
    return statistic(Array.from({ length: n }, (__, i) => items[pick(i)] as Item));
  });
}

/** The middle 95 % of values. */
export function percentileInterval(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  return { low: at(0.025), high: at(0.975) };
}

/** How probable values at least as far on the other side of 0 are, were the true one 0; two-sided. */
export function bootstrapP(differences: readonly number[]): number {
  const below = differences.filter((value) => value <= 0).length;
  const above = differences.filter((value) => value >= 0).length;
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (differences.length + 1));
}
