import type { GradientRule } from "../gradient-rule.ts";
import { multiply } from "./op.ts";

export const multiplyGradient: GradientRule<null> = (g, { inputs: [a, b], gradients: [dy] }) => [
  multiply(g, dy, b),
  multiply(g, dy, a),
];
