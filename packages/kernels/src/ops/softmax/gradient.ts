import type { GradientRule } from "../gradient-rule.ts";
import { softmaxGradient as gradient } from "../softmax-gradient/op.ts";

export const softmaxGradient: GradientRule<null> = (g, { outputs: [y], gradients: [dy] }) => [
  gradient(g, y, dy),
];
