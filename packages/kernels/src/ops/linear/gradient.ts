import type { GradientRule } from "../gradient-rule.ts";
import { matmul } from "../matmul/op.ts";

/** `dx = dy · weight`, `dweight = dyᵀ · x`. */
export const linearGradient: GradientRule<null> = (g, { inputs: [x, weight], gradients: [dy] }) => [
  matmul(g, dy, weight),
  matmul(g, dy, x, { transA: true }),
];
