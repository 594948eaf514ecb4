import type { ReadOptions } from "../byte-source.ts";
import { CheckpointError } from "../checkpoint-error.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { weightProblems } from "../check-weights.ts";
import { inspectLinears } from "./inspect-linears.ts";
import type { StoredLinear } from "./stored-linear.ts";

/**
 * Opens every quantized linear of a checkpoint: checks all tensors as `checkWeights` does, and also what stands in
 * tables, offsets and settings. Reads kilobytes for each linear; codes and scales are read on demand.
 *
 * ```ts
 * for (const [name, linear] of await openQuantizedLinears(checkpoint))
 *   console.log(name, linear.format); // "model.layers.0.self_attn.W_pack.weight" "nf4"
 * ```
 *
 * @returns linears by the key their weight has in an unquantized checkpoint; empty if none is quantized.
 * @throws {CheckpointError} that lists everything missing, extra or wrong at once.
 */
export async function openQuantizedLinears(
  checkpoint: Checkpoint,
  { signal }: ReadOptions = {},
): Promise<ReadonlyMap<string, StoredLinear>> {
  const problems = weightProblems(checkpoint);
  const opened = new Map<string, StoredLinear>();
  for (const { name, stored, problems: known } of inspectLinears(checkpoint).linears.values()) {
    signal?.throwIfAborted();
    if (!stored || known.length > 0) continue;
    const linear = await stored.open(checkpoint, problems, signal);
    if (linear) opened.set(name, linear);
  }
  if (problems.length > 0) throw new CheckpointError(checkpoint.path, problems);
  return opened;
}
