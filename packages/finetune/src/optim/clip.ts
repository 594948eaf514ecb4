/** `‖g‖₂` over all gradients together. */
export function gradientNorm(gradients: Iterable<readonly [string, Float32Array]>): number {
  let squares = 0;
  for (const [, gradient] of gradients)
    for (let i = 0; i < gradient.length; i++) squares += (gradient[i] as number) ** 2;
  return Math.sqrt(squares);
}

/** What gradients are multiplied with so that their norm is at most `maxNorm`, as `torch.nn.utils.clip_grad_norm_` does. */
export function clipScale(norm: number, maxNorm: number): number {
  return maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
}
