import type { GradientRule } from "../gradient-rule.ts";
import { splitBatch } from "../split-batch/op.ts";
import type { JoinBatchAttributes } from "./op.ts";

export const joinBatchGradient: GradientRule<JoinBatchAttributes> = (
  g,
  { inputs: [x], gradients: [dy] },
) => [splitBatch(g, dy, { length: x.shape[2] as number })];
