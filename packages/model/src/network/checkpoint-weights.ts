import { l2NormalizeRows, type WeightReader } from "@baichuan2/kernels";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { LM_HEAD } from "./inference-graph.ts";

/**
 * The weights of a checkpoint for the inference graph, streamed in blocks of rows.
 *
 * NormHead is folded in here: the rows of `lm_head.weight` are normalised once, in float32. The checkpoint itself keeps
 * the raw rows, which training and export need.
 */
export function checkpointWeights(checkpoint: Checkpoint): WeightReader {
  return {
    async *read(name, signal) {
      for await (const { data } of checkpoint.readRows(name, { signal })) {
        if (name === LM_HEAD) l2NormalizeRows(data, checkpoint.config.hiddenSize);
        yield data;
      }
    },
  };
}
