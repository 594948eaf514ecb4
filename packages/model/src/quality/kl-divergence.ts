import { logSumExp } from "./log-sum-exp.ts";

/** Denominators of both softmaxes, where they are known already. */
export interface KlDivergenceOptions {
  /** `logSumExp` of the reference. */
  readonly aLogSum?: number;
  /** `logSumExp` of the candidate. */
  readonly bLogSum?: number;
}

/**
 * Kullback-Leibler divergence of two next-token distributions: `KL(A‖B) = Σ p_A · (log p_A − log p_B)`.
 *
 * What the candidate costs on average, in nats a token, where the reference is the truth. Sums in float64; what rounding
 * would leave below zero is zero.
 *
 * @param a - Logits of the reference; shape `[V]`.
 * @param b - Logits of the candidate; shape `[V]`.
 * @returns nats, at least 0; Infinity if the candidate excludes a token that the reference does not.
 * @see Kullback & Leibler 1951, https://doi.org/10.1214/aoms/1177729694
 */
export function klDivergence(
  a: Float32Array,
  b: Float32Array,
  { aLogSum = logSumExp(a), bLogSum = logSumExp(b) }: KlDivergenceOptions = {},
): number {
  const { length } = a;
  let sum = 0;
  for (let id = 0; id < length; id++) {
    const aLogProb = (a[id] as number) - aLogSum;
    const probability = Math.exp(aLogProb);
    // 0 · log 0 is 0 here, not NaN
    if (probability !== 0) sum += probability * (aLogProb - ((b[id] as number) - bLogSum));
  }
  return Math.max(0, sum);
}
