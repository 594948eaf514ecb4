import { createHash } from "node:crypto";
import type { WeightReader } from "@baichuan2/kernels";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { checkWeights } from "../checkpoint/check-weights.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import {
  checkpointFingerprint,
  checkpointIdentity,
} from "../checkpoint/node-checkpoint-identity.ts";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { openQuantizedLinears } from "../checkpoint/quantized/open-quantized-linears.ts";
import type { ModelConfig } from "../config.ts";
import { checkpointWeights } from "../network/checkpoint-weights.ts";
import { buildInferenceGraph } from "../network/inference-graph.ts";
import { syntheticWeights } from "../network/synthetic-weights.ts";
import { planWeights, type WeightPlan } from "../network/weight-plan.ts";
import type { EngineOptions, ModelSource } from "./protocol.ts";

/** A config with its weights, ready to be read once. */
export interface OpenSource extends AsyncDisposable {
  readonly config: ModelConfig;
  readonly plan: WeightPlan;
  readonly weights: WeightReader;
  /** Names the weights and how they are held: what was computed with others has another one. */
  readonly fingerprint: string;
}

/** What an engine's options say of the weights. */
type OpenSourceOptions = Pick<EngineOptions, "threads" | "weights" | "packedCacheDir">;

/**
 * Opens the weights of a model, checks that they fit its config and plans the format of each.
 *
 * @throws {CheckpointError} with every missing, extra or wrong-shaped tensor.
 */
export async function openSource(
  source: ModelSource,
  options: OpenSourceOptions,
  signal?: AbortSignal,
): Promise<OpenSource> {
  if (source.kind === "synthetic") {
    const { config, seed } = source;
    const none = { path: "synthetic weights", tensors: new Map(), linears: new Map() };
    const plan = planWeights(none, options.weights);
    const weights = syntheticWeights(buildInferenceGraph(config, plan), seed);
    const fingerprint = fingerprintOf(plan, options, `synthetic ${seed} ${JSON.stringify(config)}`);
    return { config, plan, weights, fingerprint, async [Symbol.asyncDispose]() {} };
  }
  const checkpoint = await openCheckpoint(source.path, { signal });
  try {
    return await openWeights(checkpoint, options, signal);
  } catch (error) {
    await checkpoint[Symbol.asyncDispose]();
    throw error;
  }
}

async function openWeights(
  checkpoint: Checkpoint,
  { threads, weights: weightOptions, packedCacheDir }: OpenSourceOptions,
  signal: AbortSignal | undefined,
): Promise<OpenSource> {
  checkWeights(checkpoint);
  const { config, path, tensors } = checkpoint;
  const linears = await openQuantizedLinears(checkpoint, { signal });
  const plan = planWeights({ path, tensors, linears }, weightOptions);
  buildInferenceGraph(config, plan); // a shape that a format cannot hold is told before anything is read
  const pool = createNodeQuantPool(threads === undefined ? {} : { threads });
  const identity = packedCacheDir === undefined ? undefined : await checkpointIdentity(checkpoint);
  const weights = checkpointWeights(checkpoint, { plan, linears, pool, identity });
  const fingerprint = fingerprintOf(
    plan,
    { weights: weightOptions },
    await checkpointFingerprint(checkpoint),
  );
  return {
    config,
    plan,
    weights,
    fingerprint,
    async [Symbol.asyncDispose]() {
      await pool.dispose();
      await checkpoint[Symbol.asyncDispose]();
    },
  };
}

/**
 * The head is left out: keys and values do not depend on it.
 *
 * @param stored - What names the weights as they are stored.
 */
function fingerprintOf(
  { dtype, quantization }: WeightPlan,
  { weights: { exact, quantizeEmbeddings } = {} }: OpenSourceOptions,
  stored: string,
): string {
  const facts = [stored, dtype, quantization, Boolean(exact), Boolean(quantizeEmbeddings)];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}
