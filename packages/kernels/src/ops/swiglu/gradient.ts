import type { GradientRule } from "../gradient-rule.ts";
import { swigluGradient as gradient } from "../swiglu-gradient/op.ts";

export const swigluGradient: GradientRule<null> = (g, { inputs: [gate, up], gradients: [dy] }) =>
  gradient(g, gate, up, dy);
