import { UnsupportedError } from "@baichuan2/kernels";
import {
  buildInferenceGraph,
  openCheckpoint,
  openSource,
  type ModelConfig,
  type ModelSource,
} from "@baichuan2/model";
import { FrozenWeights } from "../network/frozen-weights.ts";
import type { Parameters } from "../network/parameters.ts";
import { readParameters } from "../network/read-parameters.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** How a base is read. */
export interface OpenBaseOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a base that carries an adapter, in the number type in which `loadModel` holds it: an adapter is trained against the
 * numbers that it will be used with. With int8, rows are multiplied in float32 with the dequantized weights.
 *
 * @throws {UnsupportedError} if it is quantized to another type than the wanted one.
 * @throws {CheckpointError} for what cannot be read.
 */
export async function openFrozenBase(
  source: ModelSource,
  dtype: TrainingArguments["base_dtype"],
  { threads, signal }: OpenBaseOptions,
): Promise<{ readonly config: ModelConfig; readonly weights: FrozenWeights }> {
  await using open = await openSource(source, { weights: { dtype }, threads }, signal);
  const { weights: all } = buildInferenceGraph(open.config, open.plan);
  const weights = await FrozenWeights.read(all, open.weights, { signal });
  return { config: open.config, weights };
}

/**
 * Reads a model that is trained itself, in float32.
 *
 * @throws {UnsupportedError} if it is quantized.
 * @throws {CheckpointError} for what cannot be read.
 */
export async function openTrainedBase(
  source: ModelSource,
  { signal }: OpenBaseOptions,
): Promise<{ readonly config: ModelConfig; readonly weights: Parameters }> {
  if (source.kind === "synthetic") return openFrozenBase(source, "float32", { signal });
  await using checkpoint = await openCheckpoint(source.path, { signal });
  const { config, path } = checkpoint;
  if (config.quantizationConfig !== undefined)
    throw new UnsupportedError(
      "finetune",
      `quantized weights in ${path} without use_lora`,
      "train an adapter on them, or the checkpoint that they were made from",
    );
  return { config, weights: await readParameters(checkpoint, { signal }) };
}
