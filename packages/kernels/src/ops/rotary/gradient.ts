import type { GradientRule } from "../gradient-rule.ts";
import { scale } from "../scale/op.ts";
import { rotary } from "./op.ts";

/** A rotation's transpose turns back. The angles are constants. */
export const rotaryGradient: GradientRule<null> = (
  g,
  { inputs: [, cos, sin], gradients: [dy] },
) => [rotary(g, dy, cos, scale(g, sin as typeof cos, -1)), undefined, undefined];
