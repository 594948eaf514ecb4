import type { GradientRule } from "../gradient-rule.ts";
import { rmsNormGradient as gradient } from "../rms-norm-gradient/op.ts";
import type { RmsNormAttributes } from "./op.ts";

export const rmsNormGradient: GradientRule<RmsNormAttributes> = (
  g,
  { inputs: [x, weight], attributes: { eps }, gradients: [dy] },
) => gradient(g, { x, weight, dy }, eps);
