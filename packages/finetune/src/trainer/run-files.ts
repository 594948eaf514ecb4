import { join } from "node:path";
import {
  CheckpointError,
  copyCompanions,
  expectedTensors,
  openAdapter,
  openCheckpoint,
  readJsonFile,
  writeWhole,
} from "@baichuan2/model";
import { z } from "zod";
import { adapterParameters } from "../lora/adapter-parameters.ts";
import { readParameters } from "../network/read-parameters.ts";
import type { AdamW } from "../optim/adamw.ts";
import { writeAdapter } from "../output/adapter-files.ts";
import { readOptimizerFile, writeOptimizerFile } from "../output/optimizer-file.ts";
import { parseTrainerState, trainerStateJson, type TrainerState } from "../output/trainer-state.ts";
import type { NamedValues } from "../output/weight-tensors.ts";
import { writeTrained } from "../output/write-trained.ts";
import type { OpenRun } from "./open-run.ts";

const OPTIMIZER = "optimizer.safetensors";
const STATE = "trainer_state.json";
const ARGUMENTS = "training_args.json";
/** What the Trainer keeps in memory only; its own files admit no further keys. */
const PROGRESS = "progress.json";

const progress = z.object({ pendingLosses: z.array(z.number()) });

/** Writes what a run has made: the adapter, or the model with all that lies beside its weights. */
export async function writeModel(
  run: OpenRun,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const tensors = trainedTensors(run);
  if (run.adapter) return writeAdapter(directory, run.adapter.config, tensors, { signal });
  await writeTrained(directory, tensors, { dtype: run.args.bf16 ? "bf16" : "f32", signal });
  await copyCompanions(run.modelPath, directory);
}

/** What a checkpoint holds besides weights. */
export interface CheckpointContent {
  readonly optimizer: AdamW;
  readonly state: TrainerState;
  /** Losses of steps that are not in the log yet. */
  readonly pendingLosses: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** Writes all that a run needs to go on from here. */
export async function writeCheckpoint(
  run: OpenRun,
  directory: string,
  { optimizer, state, pendingLosses, signal }: CheckpointContent,
): Promise<void> {
  await writeModel(run, directory, signal);
  const tensors = trainedTensors(run);
  const masters = new Map(
    isRounded(run) ? tensors.map(({ name, values }) => [name, values] as const) : [],
  );
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const kept = { moments: optimizer.moments, masters };
  await writeOptimizerFile(join(directory, OPTIMIZER), kept, shapes, { signal });
  await writeState(directory, state);
  await writeText(join(directory, PROGRESS), `${JSON.stringify({ pendingLosses })}\n`);
  await writeText(join(directory, ARGUMENTS), `${JSON.stringify(run.args, null, 2)}\n`);
}

/** Writes trainer_state.json. */
export function writeState(directory: string, state: TrainerState): Promise<void> {
  return writeText(join(directory, STATE), trainerStateJson(state));
}

/**
 * Goes back to where a checkpoint was written: weights, optimizer and log.
 *
 * @throws {CheckpointError} if a file is missing or damaged.
 */
export async function restoreCheckpoint(
  run: OpenRun,
  directory: string,
  optimizer: AdamW,
  signal?: AbortSignal,
): Promise<{ readonly state: TrainerState; readonly pendingLosses: readonly number[] }> {
  const state = await read(join(directory, STATE), parseTrainerState);
  const { pendingLosses } = await read(join(directory, PROGRESS), (json) => progress.parse(json));
  const kept = await readOptimizerFile(join(directory, OPTIMIZER), { signal });
  await restoreWeights(run, directory, signal);
  for (const [name, values] of kept.masters) run.trained.get(name)?.set(values);
  optimizer.restore(state.global_step, kept.moments);
  return { state, pendingLosses };
}

/**
 * Goes back to the weights of a checkpoint alone.
 *
 * @throws {CheckpointError} if a file is missing or damaged.
 */
export async function restoreWeights(
  run: OpenRun,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const weights = await readTrained(run, directory, signal);
  for (const [name, parameter] of run.trained) {
    const values = weights.get(name);
    if (values) parameter.set(values);
  }
}

async function read<Content>(path: string, parse: (json: unknown) => Content): Promise<Content> {
  const json = await readJsonFile(path);
  try {
    return parse(json);
  } catch (cause) {
    const got = json === undefined ? "none" : "another one";
    throw new CheckpointError(path, `expected the file of a checkpoint to go on from, got ${got}`, {
      cause,
    });
  }
}

async function readTrained(
  run: OpenRun,
  directory: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Float32Array>> {
  if (run.adapter) {
    const { numHiddenLayers } = run.config;
    const adapter = await openAdapter(directory, { signal });
    return adapterParameters(adapter, { numHiddenLayers, dropout: 0 }).parameters;
  }
  await using checkpoint = await openCheckpoint(directory, { signal });
  return await readParameters(checkpoint, { names: [...run.trained.keys()], signal });
}

function isRounded({ args, adapter }: OpenRun): boolean {
  return args.bf16 && !adapter;
}

function trainedTensors({ config, trained }: OpenRun): NamedValues[] {
  const shapes = expectedTensors(config);
  return [...trained].map(([name, values]) => {
    return { name, shape: shapes.get(name) ?? loraShape(name, values, shapes), values };
  });
}

/** `[r, C]` of an A, `[O, r]` of a B. */
function loraShape(
  name: string,
  values: Float32Array,
  shapes: ReadonlyMap<string, readonly number[]>,
): readonly number[] {
  const [, linear, side] = /^(.+)\.lora_(A|B)\.weight$/.exec(name) ?? [];
  const [O = 1, C = 1] = shapes.get(`${linear}.weight`) ?? [];
  return side === "A" ? [values.length / C, C] : [O, values.length / O];
}

async function writeText(path: string, text: string): Promise<void> {
  await writeWhole(path, (handle) => handle.writeFile(text));
}
