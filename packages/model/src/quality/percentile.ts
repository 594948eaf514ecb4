/**
 * The value below which a fraction of the values lies, linearly between neighbours: the value at rank
 * `fraction · (n − 1)` (definition 7 of Hyndman & Fan, as NumPy's default).
 *
 * @param sorted - Values in ascending order; at least one.
 * @param fraction - From 0 (lowest) over 0.5 (median) to 1 (highest).
 * @returns NaN of no values.
 * @see Hyndman & Fan 1996, https://doi.org/10.1080/00031305.1996.10473566
 */
export function percentile(sorted: ArrayLike<number>, fraction: number): number {
  const rank = fraction * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? NaN;
  const high = sorted[Math.ceil(rank)] ?? NaN;
  // Not low + weight · (high - low) alone: between two infinities that is NaN.
  return low === high ? low : low + (rank % 1) * (high - low);
}
