import type { WeightReader } from "@baichuan2/kernels";
import { UnsupportedError } from "@baichuan2/kernels";
import { checkWeights } from "../checkpoint/check-weights.ts";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import type { ModelConfig } from "../config.ts";
import { checkpointWeights } from "../network/checkpoint-weights.ts";
import { buildInferenceGraph } from "../network/inference-graph.ts";
import { syntheticWeights } from "../network/synthetic-weights.ts";
import type { ModelSource } from "./protocol.ts";

/** A config with its weights, ready to be read once. */
export interface OpenSource extends AsyncDisposable {
  readonly config: ModelConfig;
  readonly weights: WeightReader;
}

/**
 * Opens the weights of a model and checks that they fit its config.
 *
 * @throws {CheckpointError} with every missing, extra or wrong-shaped tensor.
 */
export async function openSource(source: ModelSource, signal?: AbortSignal): Promise<OpenSource> {
  if (source.kind === "synthetic") {
    const { config, seed } = source;
    const weights = syntheticWeights(buildInferenceGraph(config), seed);
    return { config, weights, async [Symbol.asyncDispose]() {} };
  }
  const checkpoint = await openCheckpoint(source.path, { signal });
  try {
    if (checkpoint.config.quantizationConfig) {
      throw new UnsupportedError(
        "model",
        `the quantized checkpoint ${source.path}`,
        "use the bf16 checkpoint",
      );
    }
    checkWeights(checkpoint);
  } catch (error) {
    await checkpoint[Symbol.asyncDispose]();
    throw error;
  }
  return {
    config: checkpoint.config,
    weights: checkpointWeights(checkpoint),
    [Symbol.asyncDispose]: () => checkpoint[Symbol.asyncDispose](),
  };
}
