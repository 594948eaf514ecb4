import {
  availableMemory,
  countParameters,
  estimateCheckpoint,
  expectedTensors,
  isDecoderLinear,
  openCheckpoint,
  resolveModel,
  type Checkpoint,
  type WeightDtype,
} from "@baichuan2/model";
import { rowLength } from "../data/collate.ts";
import type { Batch } from "../network/batch.ts";
import type { OpenBaseOptions } from "./open-base.ts";
import { networkOptions } from "./network-options.ts";
import { openData } from "./open-data.ts";
import { count, newAdapterOf } from "./open-parameters.ts";
import { planMemory, type PlanMemory } from "./plan-memory.ts";
import { measureStep } from "./plan-time.ts";
import { RunBatches } from "./run-batches.ts";
import { runLength, type RunLength } from "./run-length.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** What a run will take. */
export interface RunPlan {
  readonly rows: number;
  readonly evaluationRows: number;
  /** Texts of which nothing could be learned. */
  readonly skipped: number;
  readonly length: RunLength;
  readonly trainedParameters: number;
  readonly allParameters: number;
  readonly memory: PlanMemory;
  /** Sum of `memory`. */
  readonly totalBytes: number;
  /** What this process could still take. */
  readonly availableBytes: number;
  /** Measured on random weights of this shape; undefined where the run does not fit into the memory. */
  readonly secondsPerStep: number | undefined;
  /** Of all steps. */
  readonly seconds: number | undefined;
}

/** Steps that are looked at for the largest batch. */
const STEPS_LOOKED_AT = 64;

/**
 * Tells memory and time of a run before it begins. Reads settings and data, not the weights.
 *
 * @throws {CheckpointError | DataError | UnsupportedError} for what the run itself could not use.
 */
export async function planRun(
  args: TrainingArguments,
  options: OpenBaseOptions = {},
): Promise<RunPlan> {
  const { path } = await resolveModel(args.model_name_or_path, { signal: options.signal });
  await using checkpoint = await openCheckpoint(path, { signal: options.signal });
  const { config } = checkpoint;
  const data = await openData(args, path, config, options.signal);
  const length = runLength(args, data.train.length);
  const zLossWeight = args.z_loss_weight ?? config.zLossWeight;
  const steps = new RunBatches({ args, config, data, zLossWeight, adapter: undefined }, length);
  const batches = batchesOf(steps, length);
  const adapter = args.use_lora ? newAdapterOf(args, config) : undefined;
  const trainedParameters = adapter ? count(adapter.parameters) : countParameters(config);
  const largest = batches.flat().toSorted((a, b) => b.inputIds.length - a.inputIds.length)[0];
  const { lora, trained, recompute } = networkOptions(args, { zLossWeight, adapter });
  const { dtype, ...weights } = await weightsOf(checkpoint, args, trainedParameters);
  const memory = planMemory(config, {
    layer: { lora, trained, recompute, length: largest?.length ?? 1 },
    rows: largest?.inputIds.length ?? 0,
    trainedParameters,
    ...weights,
    dataTokens: data.train.reduce((sum, row) => sum + rowLength(row), 0),
  });
  const totalBytes = Object.values(memory).reduce<number>((sum, bytes) => sum + bytes, 0);
  const availableBytes = availableMemory();
  const secondsPerStep =
    totalBytes > availableBytes
      ? undefined
      : await measureStep(
          { ...args, base_dtype: dtype },
          config,
          batches[batches.length >> 1] ?? [],
          options,
        );
  return {
    rows: data.train.length,
    evaluationRows: data.evaluation.length,
    skipped: data.skipped,
    length,
    trainedParameters,
    allParameters: countParameters(config) + (adapter ? trainedParameters : 0),
    memory,
    totalBytes,
    availableBytes,
    secondsPerStep,
    seconds: secondsPerStep === undefined ? undefined : secondsPerStep * length.totalSteps,
  };
}

/** Batches of the first steps, those of few tokens first. */
function batchesOf(batches: RunBatches, { totalSteps }: RunLength): Batch[][] {
  const steps = Math.min(totalSteps, STEPS_LOOKED_AT);
  const tokens = (step: readonly Batch[]): number =>
    step.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  return Array.from({ length: steps }, (_, i) => batches.ofStep(i + 1)).toSorted(
    (a, b) => tokens(a) - tokens(b),
  );
}

async function weightsOf(
  checkpoint: Checkpoint,
  { use_lora, base_dtype }: TrainingArguments,
  trainedParameters: number,
): Promise<{
  readonly dtype: WeightDtype;
  readonly weightsBytes: number;
  readonly decodedBytes: number;
}> {
  const { config } = checkpoint;
  if (!use_lora) return { dtype: "float32", weightsBytes: 4 * trainedParameters, decodedBytes: 0 };
  const { load, dtype } = await estimateCheckpoint(checkpoint, { dtype: base_dtype });
  const weightsBytes = load.storedBytes + 4 * trainedParameters;
  if (dtype === "float32") return { dtype, weightsBytes, decodedBytes: 0 };
  const shapes = [...expectedTensors(config)].filter(([name]) => isDecoderLinear(name));
  const linears = shapes.reduce((sum, [, [O = 0, C = 0]]) => sum + O * C, 0);
  const decoded = linears / config.numHiddenLayers + config.vocabSize * config.hiddenSize;
  return { dtype, weightsBytes, decodedBytes: 4 * decoded };
}
