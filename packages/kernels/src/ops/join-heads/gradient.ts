import type { GradientRule } from "../gradient-rule.ts";
import { splitHeads } from "../split-heads/op.ts";

export const joinHeadsGradient: GradientRule<null> = (g, { inputs, gradients: [dy] }) => {
  const [, numHeads, headDim] = inputs[0].shape as readonly [number, number, number];
  return splitHeads(g, dy, { parts: inputs.length, numHeads, headDim });
};
