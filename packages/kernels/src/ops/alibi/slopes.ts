/**
 * ALiBi slopes of `numHeads` heads, as in the public code of the paper (and of Baichuan2-13B), which for head counts
 * that are no power of two differs from the formula in the paper's text.
 *
 * With `m` the largest power of two not above `numHeads`: the slopes of m heads, `r^(i+1)` with `r = 2^(-8/m)`,
 * then every second slope of 2m heads, as many as are missing.
 *
 * @returns float32 values, one per head.
 * @throws {RangeError} if `numHeads` is not a positive integer.
 */
export function alibiSlopes(numHeads: number): number[] {
  if (!Number.isInteger(numHeads) || numHeads < 1) {
    throw new RangeError(`alibiSlopes: expected a positive number of heads, got ${numHeads}`);
  }
  const m = 2 ** Math.floor(Math.log2(numHeads));
  const own = geometric(m, m);
  const borrowed = geometric(2 * m, 2 * m).filter((_, index) => index % 2 === 0);
  return [...own, ...borrowed.slice(0, numHeads - m)].map(Math.fround);
}

function geometric(numHeads: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => 2 ** ((-8 / numHeads) * (i + 1)));
}
