import type { GradientRule } from "../gradient-rule.ts";
import { joinBatch } from "../join-batch/op.ts";
import type { SplitBatchAttributes } from "./op.ts";

export const splitBatchGradient: GradientRule<SplitBatchAttributes> = (
  g,
  { inputs: [x], gradients: [dy] },
) => [joinBatch(g, dy, { rows: x.shape[0] ?? 0 })];
