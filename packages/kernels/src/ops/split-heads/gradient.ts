import type { GradientRule } from "../gradient-rule.ts";
import { joinHeads } from "../join-heads/op.ts";
import { scale } from "../scale/op.ts";
import type { SplitHeadsAttributes } from "./op.ts";

/** Parts that the loss does not depend on have a gradient of zero. */
export const splitHeadsGradient: GradientRule<SplitHeadsAttributes> = (
  g,
  { outputs, gradients },
) => {
  const [first, ...rest] = outputs.map((part, index) => gradients[index] ?? scale(g, part, 0));
  return [joinHeads(g, [first, ...rest])];
};
