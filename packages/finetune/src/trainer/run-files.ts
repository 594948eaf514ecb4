import { join } from "node:path";
import {
  CheckpointError,
  copyCompanions,
  expectedTensors,
  openAdapter,
  openCheckpoint,
  readJsonFile,
  writeTorchDtype,
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
import type { PendingLog } from "./run-log.ts";
import { checkSameRun, checkSameTensors } from "./same-run.ts";

const OPTIMIZER = "optimizer.safetensors";
const STATE = "trainer_state.json";
const ARGUMENTS = "training_args.json";
/** Files of a tokenizer. */
const TOKENIZER = /^(tokenizer|special_tokens_map|added_tokens|vocab|merges)/;
/** A model's own page. */
const DESCRIPTION = /^readme/i;
/** What the Trainer keeps in memory only; its own files admit no further keys. */
const PROGRESS = "progress.json";

const progress = z.object({
  losses: z.array(z.number()),
  lossSum: z.number(),
  rows: z.int(),
});

/**
 * Writes what a run has made: the adapter with the tokenizer, as PEFT and the Trainer do, or the model with all that lies beside
 * its weights but the description of the one that it was.
 */
export async function writeModel(
  run: OpenRun,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const { adapter, modelPath, args } = run;
  const tensors = trainedTensors(run);
  if (adapter) {
    await writeAdapter(directory, adapter.config, tensors, { signal });
    return copyCompanions(modelPath, directory, (name) => TOKENIZER.test(name));
  }
  const dtype = args.bf16 ? "bf16" : "f32";
  await writeTrained(directory, tensors, { dtype, signal });
  await copyCompanions(modelPath, directory, (name) => !DESCRIPTION.test(name));
  await writeTorchDtype(modelPath, directory, dtype);
}

/** What a checkpoint holds besides weights. */
export interface CheckpointContent {
  readonly optimizer: AdamW;
  readonly state: TrainerState;
  readonly pending: PendingLog;
  readonly signal?: AbortSignal | undefined;
}

/** Writes all that a run needs to go on from here. */
export async function writeCheckpoint(
  run: OpenRun,
  directory: string,
  { optimizer, state, pending, signal }: CheckpointContent,
): Promise<void> {
  await writeModel(run, directory, signal);
  const tensors = trainedTensors(run);
  const masters = new Map(
    isRounded(run) ? tensors.map(({ name, values }) => [name, values] as const) : [],
  );
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const remembered = { moments: optimizer.moments, masters };
  await writeOptimizerFile(join(directory, OPTIMIZER), remembered, shapes, { signal });
  await writeState(directory, state);
  const kept = { ...pending, rows: run.data.train.length };
  await writeText(join(directory, PROGRESS), `${JSON.stringify(kept)}\n`);
  await writeText(join(directory, ARGUMENTS), `${JSON.stringify(run.args, null, 2)}\n`);
}

/** Writes trainer_state.json. */
export function writeState(directory: string, state: TrainerState): Promise<void> {
  return writeText(join(directory, STATE), trainerStateJson(state));
}

/**
 * Goes back to where a checkpoint was written: weights, optimizer and log.
 *
 * @throws {CheckpointError} if a file is missing or damaged, or is of a run with other parameters, data or batches.
 */
export async function restoreCheckpoint(
  run: OpenRun,
  directory: string,
  optimizer: AdamW,
  signal?: AbortSignal,
): Promise<{ readonly state: TrainerState; readonly pending: PendingLog }> {
  const state = await read(join(directory, STATE), parseTrainerState);
  const { rows, ...pending } = await read(join(directory, PROGRESS), (json) =>
    progress.parse(json),
  );
  checkSameRun(run, {
    path: join(directory, ARGUMENTS),
    rows,
    given: await readJsonFile(join(directory, ARGUMENTS)),
  });
  const path = join(directory, OPTIMIZER);
  const kept = await readOptimizerFile(path, { signal });
  const { moments, masters } = kept;
  checkSameTensors(run, path, new Map([...moments].map(([name, { expAvg }]) => [name, expAvg])));
  if (isRounded(run)) checkSameTensors(run, path, masters);
  await restoreWeights(run, directory, signal);
  for (const [name, values] of masters) run.trained.get(name)?.set(values);
  optimizer.restore(state.global_step, moments);
  return { state, pending };
}

/**
 * Goes back to the weights of a checkpoint alone.
 *
 * @throws {CheckpointError} if a file is missing or damaged, or has other tensors than are trained.
 */
export async function restoreWeights(
  run: OpenRun,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const weights = await readTrained(run, directory, signal);
  checkSameTensors(run, directory, weights);
  for (const [name, parameter] of run.trained)
    parameter.set(weights.get(name) ?? new Float32Array());
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
