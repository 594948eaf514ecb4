/** How many answers are given to a problem when somebody wants one of them to be right. */
export const PASS_AT = [1, 10, 100] as const;

/**
 * The chance that one of `k` answers passes, estimated without bias from `n` answers of which `c` pass:
 * `1 - C(n - c, k) / C(n, k)`, as a product of `k` small factors.
 *
 * @throws {RangeError} if `k > n`: nothing is known then.
 * @see Chen et al. 2021, https://arxiv.org/abs/2107.03374, equation 1
 * @see human-eval human_eval/evaluation.py `estimate_pass_at_k` at 6d43fb9
 */
export function passAtK(n: number, c: number, k: number): number {
  if (k > n) throw new RangeError(`passAtK: expected k of at most n = ${n}, got ${k}`);
  if (n - c < k) return 1;
  let allFail = 1;
  for (let i = n - c + 1; i <= n; i++) allFail *= 1 - k / i;
  return 1 - allFail;
}
