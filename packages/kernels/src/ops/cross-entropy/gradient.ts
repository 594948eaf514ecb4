import type { Value } from "../../graph/graph.ts";
import type { GradientRule } from "../gradient-rule.ts";
import { scale } from "../scale/op.ts";
import { crossEntropyGradient as gradient } from "../cross-entropy-gradient/op.ts";

export const crossEntropyGradient: GradientRule<null> = (
  g,
  { inputs: [logits, labels], outputs, gradients },
) => {
  const [losses] = outputs;
  const [given, dmaxima] = gradients as readonly (Value | undefined)[];
  const dlosses = given ?? scale(g, losses, 0);
  return [gradient(g, { logits, labels, dlosses, dmaxima }), undefined];
};
