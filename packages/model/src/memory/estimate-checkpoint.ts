import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { openQuantizedLinears } from "../checkpoint/quantized/open-quantized-linears.ts";
import { planWeights } from "../network/weight-plan.ts";
import { estimatePlan, type EstimateOptions, type MemoryEstimate } from "./estimate.ts";

/**
 * As `estimate`, for the weights of a checkpoint as they are stored. Reads heads of files only.
 *
 * @throws {UnsupportedError} if its weights are quantized already, to another format than the wanted one.
 * @throws {CheckpointError} if it is damaged, or the blocks of int4 do not fit.
 */
export async function estimateCheckpoint(
  checkpoint: Checkpoint,
  options: Omit<EstimateOptions, "variant"> = {},
): Promise<MemoryEstimate> {
  const { config, path, tensors } = checkpoint;
  const linears = await openQuantizedLinears(checkpoint);
  const plan = planWeights({ path, tensors, linears }, options);
  return estimatePlan(config, plan, { ...options, keepsPacked: !options.exact });
}
