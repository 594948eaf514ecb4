import { expectedTensors } from "../config.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { isFloatDtype } from "./dtype.ts";

/** Left in old files by modules that had them as buffers; they are computed, not loaded. */
const ignorable = /(^|\.)rotary_emb\.inv_freq$|decoder\.version/;

/**
 * Checks that an unquantized checkpoint holds exactly the tensors of its network, each with the right shape and a
 * dtype that converts to float32.
 *
 * Buffers of older files (`rotary_emb.inv_freq`, `decoder.version`) are tolerated.
 *
 * @throws {CheckpointError} that lists everything missing, extra or wrong at once.
 */
export function checkWeights(
  checkpoint: Pick<Checkpoint, "path" | "config" | "tensors" | "objects">,
): void {
  const { path, config, tensors, objects } = checkpoint;
  const expected = expectedTensors(config);
  const problems: string[] = [];
  for (const [name, shape] of expected) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      problems.push(`tensor "${name}" [${shape.join(", ")}] is missing`);
      continue;
    }
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i]))
      problems.push(
        `tensor "${name}" in ${tensor.file}: expected shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
      );
    if (!isFloatDtype(tensor.dtype))
      problems.push(
        `tensor "${name}" in ${tensor.file}: expected dtype bf16, f16 or f32, got ${tensor.dtype}`,
      );
  }
  for (const [name, { file, shape }] of tensors)
    if (!expected.has(name) && !ignorable.test(name))
      problems.push(
        `tensor "${name}" [${shape.join(", ")}] in ${file} does not belong to the network`,
      );
  for (const name of objects.keys())
    if (!tensors.has(name) && !ignorable.test(name))
      problems.push(`"${name}" is not a tensor and does not belong to the network`);
  if (problems.length === 0) return;
  if (config.quantizationConfig !== undefined)
    problems.unshift("config.json says that the weights are quantized");
  throw new CheckpointError(path, problems);
}
