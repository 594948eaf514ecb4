/**
 * Logarithm of the softmax's denominator, `log Σ exp(x)`: a logit less it is a log-probability.
 *
 * Sums in float64 relative to the highest logit, so that nothing overflows.
 *
 * @param logits - Shape `[V]`.
 * @returns nats; NaN if a logit is NaN or +Infinity, or none is above -Infinity.
 */
export function logSumExp(logits: Float32Array): number {
  const { length } = logits;
  let highest = -Infinity;
  for (let id = 0; id < length; id++) highest = Math.max(highest, logits[id] as number);
  let sum = 0;
  for (let id = 0; id < length; id++) sum += Math.exp((logits[id] as number) - highest);
  return highest + Math.log(sum);
}
