import { totalWeight, weightedMean, type Weighted } from "./weighted.ts";

/** Limits of a 95 % interval, in percent. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Share of 1 - 0.05 / 2 of the normal distribution lies below it. */
export const Z = 1.959963984540054;

/**
 * Wilson's interval of a share: `(p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n)` with `p = right / n`.
 *
 * It is never empty, not even where all or none are right, and stays between 0 and 100.
 *
 * @see Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 */
export function wilsonInterval(right: number, n: number): Interval {
  const p = right / n;
  const centre = p + Z ** 2 / (2 * n);
  const halfWidth = Z * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  const scale = 100 / (1 + Z ** 2 / n);
  return clipped((centre - halfWidth) * scale, (centre + halfWidth) * scale);
}

/**
 * Normal interval of a weighted mean: `m ± z √(n / (n - 1) · Σ (w (v - m))²) / Σ w`, which is `m ± z s / √n` for equal weights.
 *
 * @returns null for less than two scores.
 */
export function normalInterval(items: readonly Weighted[]): Interval | null {
  const n = items.length;
  if (n < 2) return null;
  const mean = weightedMean(items);
  const squares = items.reduce((sum, { value, weight }) => sum + (weight * (value - mean)) ** 2, 0);
  const halfWidth = (Z * Math.sqrt((n / (n - 1)) * squares)) / totalWeight(items);
  return clipped(100 * (mean - halfWidth), 100 * (mean + halfWidth));
}

/**
 * Normal interval of the unweighted mean of `K` independent parts: `mean ± √(Σ h²) / K`, where `h` is half the width of a
 * part's own interval. That of Wilson is not empty, so that a few questions that are all right do not pass for certainty.
 *
 * @returns null if a part has none.
 */
export function stratifiedInterval(
  mean: number,
  parts: readonly (Interval | null)[],
): Interval | null {
  const halfWidth = stratifiedHalfWidth(parts);
  return halfWidth === null ? null : clipped(mean - halfWidth, mean + halfWidth);
}

/** `√(Σ h²) / K`; null if a part has no interval. */
export function stratifiedHalfWidth(parts: readonly (Interval | null)[]): number | null {
  let squares = 0;
  for (const part of parts) {
    if (part === null) return null;
    squares += ((part.high - part.low) / 2) ** 2;
  }
  return parts.length === 0 ? null : Math.sqrt(squares) / parts.length;
}

/** Mean of numbers; NaN of none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function clipped(low: number, high: number): Interval {
  return { low: Math.max(0, low), high: Math.min(100, high) };
}
