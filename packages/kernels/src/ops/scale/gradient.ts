import type { GradientRule } from "../gradient-rule.ts";
import { scale, type ScaleAttributes } from "./op.ts";

export const scaleGradient: GradientRule<ScaleAttributes> = (
  g,
  { attributes: { factor }, gradients: [dy] },
) => [scale(g, dy, factor)];
