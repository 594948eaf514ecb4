/**
 * Exact McNemar test, two-sided: were both runs equally good, each of the `b + c` samples that only one of them has right
 * would be the one's or the other's with equal chance.
 *
 * `p = min(1, 2 Σ_{i = 0}^{min(b, c)} C(b + c, i) / 2^(b + c))`
 *
 * Terms are summed up from the largest one on, relative to it, so that none of them is too small for a double.
 *
 * @param b - Samples that only the left run has right.
 * @param c - Samples that only the right run has right.
 * @see McNemar 1947, https://doi.org/10.1007/BF02295996
 */
export function mcnemarP(b: number, c: number): number {
  const n = b + c;
  const k = Math.min(b, c);
  let logTerm = -n * Math.LN2;
  for (let i = 1; i <= k; i++) logTerm += Math.log((n - i + 1) / i);
  let [sum, term] = [0, 1];
  for (let i = k; i >= 0; i--) {
    sum += term;
    term *= i / (n - i + 1);
  }
  return Math.min(1, 2 * Math.exp(logTerm) * sum);
}
