import type { GradientRule } from "../gradient-rule.ts";
import { l2NormalizeGradient as gradient } from "../l2-normalize-gradient/op.ts";

export const l2NormalizeGradient: GradientRule<null> = (g, { inputs: [x], gradients: [dy] }) => [
  gradient(g, x, dy),
];
