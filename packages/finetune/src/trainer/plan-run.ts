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
import { paddedLength, rowLength, type BatchRow } from "../data/collate.ts";
import type { Batch } from "../network/batch.ts";
import { readDeepSpeedConfig } from "./deepspeed-config.ts";
import type { OpenBaseOptions } from "./open-base.ts";
import { networkOptions } from "./network-options.ts";
import { openData } from "./open-data.ts";
import { count, newAdapterOf } from "./open-parameters.ts";
import { planMemory, type PlanMemory } from "./plan-memory.ts";
import { measureStep } from "./plan-time.ts";
import { RunBatches } from "./run-batches.ts";
import { runLength, type RunLength } from "./run-length.ts";
import type { TrainingData } from "./training-data.ts";
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

/** Steps of which the one in the middle, by tokens, is measured. */
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
  const { signal } = options;
  if (args.deepspeed !== undefined) await readDeepSpeedConfig(args.deepspeed, args);
  const { path } = await resolveModel(args.model_name_or_path, { signal });
  await using checkpoint = await openCheckpoint(path, { signal });
  const data = await openData(args, path, checkpoint.config, signal);
  const plan = await sizesOf({ args, checkpoint, data });
  if (plan.totalBytes > plan.availableBytes)
    return { ...plan, secondsPerStep: undefined, seconds: undefined };
  const secondsPerStep = await timeOf({ args, checkpoint, data }, plan.length, options);
  return { ...plan, secondsPerStep, seconds: secondsPerStep * plan.length.totalSteps };
}

/** What a plan is made from. */
interface Planned {
  readonly args: TrainingArguments;
  readonly checkpoint: Checkpoint;
  readonly data: TrainingData;
}

async function sizesOf(planned: Planned): Promise<Omit<RunPlan, "secondsPerStep" | "seconds">> {
  const { args, checkpoint, data } = planned;
  const { config } = checkpoint;
  const adapter = args.use_lora ? newAdapterOf(args, config) : undefined;
  const trainedParameters = adapter ? count(adapter.parameters) : countParameters(config);
  const zLossWeight = args.z_loss_weight ?? config.zLossWeight;
  const network = networkOptions(args, { zLossWeight, adapter });
  const { lengths, rows } = batchSizes(planned, zLossWeight !== 0);
  const memory = planMemory(config, {
    network: { ...network, length: Math.max(...lengths) },
    lengths: lengths.size,
    rows,
    trainedParameters,
    ...(await weightsOf(checkpoint, args, trainedParameters)),
    dataTokens: [...data.train, ...data.evaluation].reduce((sum, row) => sum + rowLength(row), 0),
  });
  return {
    rows: data.train.length,
    evaluationRows: data.evaluation.length,
    skipped: data.skipped,
    length: runLength(args, data.train.length),
    trainedParameters,
    allParameters: countParameters(config) + (adapter ? trainedParameters : 0),
    memory,
    totalBytes: Object.values(memory).reduce<number>((sum, bytes) => sum + bytes, 0),
    availableBytes: availableMemory(),
  };
}

/** Lengths that batches may have, and the most rows of one, T. */
function batchSizes(
  { args, data }: Planned,
  padsToMax: boolean,
): { readonly lengths: ReadonlySet<number>; readonly rows: number } {
  const { model_max_length: max } = args;
  const lengthOf = (row: BatchRow): number => (padsToMax ? max : paddedLength(rowLength(row), max));
  const lengths = new Set([...data.train, ...data.evaluation].map(lengthOf));
  const longest = (rows: readonly BatchRow[]): number =>
    Math.max(0, ...new Set(rows.map(lengthOf)));
  const most = [
    args.per_device_train_batch_size * longest(data.train),
    args.per_device_eval_batch_size * longest(data.evaluation),
  ];
  return { lengths, rows: Math.max(...most) };
}

/** Seconds of a usual step. */
async function timeOf(
  { args, checkpoint, data }: Planned,
  length: RunLength,
  options: OpenBaseOptions,
): Promise<number> {
  const { config } = checkpoint;
  const zLossWeight = args.z_loss_weight ?? config.zLossWeight;
  const all = new RunBatches({ args, config, data, zLossWeight, adapter: undefined }, length);
  const tokens = (step: readonly Batch[]): number =>
    step.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  const steps = Array.from({ length: Math.min(length.totalSteps, STEPS_LOOKED_AT) }, (_, i) =>
    all.ofStep(i + 1),
  ).toSorted((a, b) => tokens(a) - tokens(b));
  const usual = steps[steps.length >> 1] ?? [];
  const dtype = args.use_lora ? await baseDtype(checkpoint, args) : ("auto" as const);
  return measureStep({ ...args, base_dtype: dtype }, { ...config, zLossWeight }, usual, options);
}

async function baseDtype(
  checkpoint: Checkpoint,
  { base_dtype }: TrainingArguments,
): Promise<WeightDtype> {
  return (await estimateCheckpoint(checkpoint, { dtype: base_dtype })).dtype;
}

async function weightsOf(
  checkpoint: Checkpoint,
  { use_lora, base_dtype }: TrainingArguments,
  trainedParameters: number,
): Promise<{ readonly weightsBytes: number; readonly decodedBytes: number }> {
  const { config } = checkpoint;
  if (!use_lora) return { weightsBytes: 4 * trainedParameters, decodedBytes: 0 };
  const { load, dtype } = await estimateCheckpoint(checkpoint, { dtype: base_dtype });
  const weightsBytes = load.storedBytes + 4 * trainedParameters;
  if (dtype === "float32") return { weightsBytes, decodedBytes: 0 };
  const shapes = [...expectedTensors(config)].filter(([name]) => isDecoderLinear(name));
  const linears = shapes.reduce((sum, [, [O = 0, C = 0]]) => sum + O * C, 0);
  const decoded = linears / config.numHiddenLayers + config.vocabSize * config.hiddenSize;
  return { weightsBytes, decodedBytes: 4 * decoded };
}
