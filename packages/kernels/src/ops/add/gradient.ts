import type { GradientRule } from "../gradient-rule.ts";

export const addGradient: GradientRule<null> = (_g, { gradients: [dy] }) => [dy, dy];
