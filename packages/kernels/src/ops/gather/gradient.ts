import { gatherGradient as gradient } from "../gather-gradient/op.ts";
import type { GradientRule } from "../gradient-rule.ts";

export const gatherGradient: GradientRule<null> = (
  g,
  { inputs: [table, indices], gradients: [dy] },
) => [gradient(g, { table, indices, dy }), undefined];
