import { expectedTensors } from "../config.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { TensorInfo } from "./checkpoint.ts";
import { isFloatDtype } from "./dtype.ts";
import { tensorProblem, type CheckpointHeads } from "./quantized/inspection.ts";
import { inspectLinears } from "./quantized/inspect-linears.ts";

/** Left in old files by modules that had them as buffers; they are computed, not loaded. */
const ignorable = /(^|\.)rotary_emb\.inv_freq$|decoder\.version/;

/**
 * Checks that a checkpoint holds exactly the tensors of its network: floats with the right shape, and, where it is
 * quantized, every linear with all parts of its layout, each of the right type and size.
 *
 * Reads nothing: what stands in tables, offsets and settings of quantized linears, `openQuantizedLinears` checks.
 * Buffers of older files (`rotary_emb.inv_freq`, `decoder.version`) are tolerated.
 *
 * @throws {CheckpointError} that lists everything missing, extra or wrong at once.
 */
export function checkWeights(checkpoint: CheckpointHeads): void {
  const problems = weightProblems(checkpoint);
  if (problems.length > 0) throw new CheckpointError(checkpoint.path, problems);
}

/** Everything missing, extra or wrong, in the order of the network. */
export function weightProblems(checkpoint: CheckpointHeads): string[] {
  const { config, tensors } = checkpoint;
  const expected = expectedTensors(config);
  const quantized = inspectLinears(checkpoint);
  const problems: string[] = [];
  for (const [name, shape] of expected) {
    const linear = quantized.linears.get(name);
    if (linear) problems.push(...linear.problems);
    if (!linear || linear.keys.length === 0)
      problems.push(...floatProblems(tensors.get(name), name, shape));
  }
  problems.push(
    ...extraProblems(checkpoint, (key) => expected.has(key) || quantized.keys.has(key)),
  );
  const isUnknown = quantized.keys.size === 0 && config.quantizationConfig !== undefined;
  if (problems.length > 0 && isUnknown)
    problems.unshift("config.json says that the weights are quantized, in no layout that is known");
  return [...quantized.problems, ...problems];
}

function floatProblems(
  tensor: TensorInfo | undefined,
  name: string,
  shape: readonly number[],
): string[] {
  if (tensor === undefined) return [`tensor "${name}" [${shape.join(", ")}] is missing`];
  const problems: string[] = [];
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i]))
    problems.push(
      tensorProblem(
        tensor,
        `expected shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
      ),
    );
  if (!isFloatDtype(tensor.dtype))
    problems.push(tensorProblem(tensor, `expected dtype bf16, f16 or f32, got ${tensor.dtype}`));
  return problems;
}

function extraProblems(
  { tensors, objects }: CheckpointHeads,
  belongs: (key: string) => boolean,
): string[] {
  const problems: string[] = [];
  for (const [name, { file, shape }] of tensors)
    if (!belongs(name) && !ignorable.test(name))
      problems.push(
        `tensor "${name}" [${shape.join(", ")}] in ${file} does not belong to the network`,
      );
  for (const name of objects.keys())
    if (!tensors.has(name) && !belongs(name) && !ignorable.test(name))
      problems.push(`"${name}" is not a tensor and does not belong to the network`);
  return problems;
}
