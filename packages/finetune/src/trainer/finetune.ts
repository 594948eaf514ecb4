import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { collate, type BatchRow } from "../data/collate.ts";
import { fillDropout } from "../lora/dropout.ts";
import type { Batch } from "../network/batch.ts";
import type { FillDropout } from "../network/layer-runner.ts";
import { AdamW } from "../optim/adamw.ts";
import { learningRateFactor } from "../optim/schedule.ts";
import {
  checkpointName,
  listCheckpoints,
  removeUnfinished,
  rotateCheckpoints,
  writeFolder,
} from "../output/checkpoint-folder.ts";
import type { LogRow, TrainerState } from "../output/trainer-state.ts";
import { dataOrder } from "./data-order.ts";
import type { OpenBaseOptions } from "./open-base.ts";
import { count, openRun, type OpenRun } from "./open-run.ts";
import { restoreCheckpoint, writeCheckpoint, writeModel, writeState } from "./run-files.ts";
import { runLength, type RunLength } from "./run-length.ts";
import { StepRunner, type StepResult } from "./step-runner.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** What a run tells while it goes. */
export type TrainingEvent =
  | {
      readonly type: "start";
      readonly rows: number;
      /** Texts of which nothing could be learned. */
      readonly skipped: number;
      readonly length: RunLength;
      /** Step that the run goes on after; 0 for a new one. */
      readonly step: number;
      readonly trainedParameters: number;
      readonly allParameters: number;
    }
  | ({ readonly type: "step"; readonly step: number; readonly epoch: number } & StepResult & {
        readonly learningRate: number;
        readonly seconds: number;
      })
  | { readonly type: "log"; readonly row: LogRow }
  | { readonly type: "save"; readonly step: number; readonly path: string }
  | {
      readonly type: "evaluation";
      readonly step: number;
      readonly epoch: number;
      readonly loss: number;
      /** Rows that were evaluated. */
      readonly samples: number;
      readonly seconds: number;
    }
  /** The run ends before its last step. */
  | { readonly type: "stop"; readonly step: number; readonly reason: string };

/** What came of a run. */
export interface TrainingResult {
  readonly steps: number;
  readonly log: readonly LogRow[];
  /** Where the model or adapter is. */
  readonly path: string;
}

/**
 * Fine-tunes a model: reads it and the data, takes all steps, writes checkpoints on the way and the result at the end.
 *
 * Computes on the thread that it is called on. Leaving the loop early, or aborting, ends the run after the layer at hand;
 * checkpoints stay, and `resume_from_checkpoint` goes on from the last, bit for bit as if the run had not ended.
 *
 * @throws {TrainingError} if numbers are none, or a batch teaches nothing.
 * @throws {CheckpointError | DataError | UnsupportedError} for what cannot be used, before the first step.
 */
export async function* finetune(
  args: TrainingArguments,
  options: OpenBaseOptions = {},
): AsyncGenerator<TrainingEvent, TrainingResult> {
  await using run = await openRun(args, options);
  return yield* new TrainingRun(run, options.signal).steps();
}

/** A run on its way. */
class TrainingRun {
  readonly #run: OpenRun;
  readonly #signal: AbortSignal | undefined;
  readonly #length: RunLength;
  readonly #optimizer: AdamW;
  readonly #runner: StepRunner;
  readonly #log: LogRow[] = [];
  /** Losses since the last row of the log. */
  #losses: number[] = [];
  #tokens = 0;

  constructor(run: OpenRun, signal: AbortSignal | undefined) {
    const { args, data, network, parameters } = run;
    this.#run = run;
    this.#signal = signal;
    this.#length = runLength(args, data.train.length);
    this.#optimizer = new AdamW({
      beta1: args.adam_beta1,
      beta2: args.adam_beta2,
      eps: args.adam_epsilon,
      weightDecay: args.weight_decay,
    });
    this.#runner = new StepRunner(network, parameters, this.#optimizer, {
      accumulation: args.gradient_accumulation_steps,
      normalization: args.loss_normalization,
      maxGradNorm: args.max_grad_norm,
      zLossWeight: this.#zLossWeight,
      decaysNorms: args.decay_norms,
    });
  }

  async *steps(): AsyncGenerator<TrainingEvent, TrainingResult> {
    const { args, data } = this.#run;
    await removeUnfinished(args.output_dir);
    const first = await this.#resume();
    yield this.#start(first, data.skipped);
    const begun = performance.now();
    for (let step = first + 1; step <= this.#length.totalSteps; step++) {
      yield await this.#step(step);
      const row = this.#logRow(step);
      if (row) yield { type: "log", row };
      if (this.#isSaved(step)) yield await this.#save(step);
    }
    yield { type: "log", row: this.#lastRow((performance.now() - begun) / 1e3, first) };
    await mkdir(args.output_dir, { recursive: true });
    await writeModel(this.#run, args.output_dir, this.#signal);
    await writeState(args.output_dir, this.#state(this.#length.totalSteps));
    return { steps: this.#length.totalSteps, log: this.#log, path: args.output_dir };
  }

  async #step(step: number): Promise<TrainingEvent> {
    const learningRate = this.#learningRate(step);
    const start = performance.now();
    const result = await this.#runner.step({
      step,
      batches: this.#batches(step),
      learningRate,
      dropoutOf: this.#run.adapter && ((index) => this.#dropout(step, index)),
      signal: this.#signal,
    });
    this.#losses.push(result.loss);
    this.#tokens += result.tokens;
    const seconds = (performance.now() - start) / 1e3;
    return { type: "step", step, epoch: this.#epoch(step), learningRate, seconds, ...result };
  }

  /** The rows of a step, batch by batch. */
  #batches(step: number): Batch[] {
    const { args, data } = this.#run;
    const { stepsPerEpoch } = this.#length;
    const epoch = Math.floor((step - 1) / stepsPerEpoch);
    const order = dataOrder(data.train.length, { seed: args.seed, epoch });
    const size = args.per_device_train_batch_size;
    const firstRow = ((step - 1) % stepsPerEpoch) * size * args.gradient_accumulation_steps;
    const batches: Batch[] = [];
    for (let index = 0; index < args.gradient_accumulation_steps; index++) {
      const from = firstRow + index * size;
      const rows = [...order.subarray(from, from + size)].map((row) => data.train[row] as BatchRow);
      if (rows.length === 0 || (args.dataloader_drop_last && rows.length < size)) break;
      batches.push(this.#collate(rows));
    }
    return batches;
  }

  #collate(rows: readonly BatchRow[]): Batch {
    const { args, config } = this.#run;
    return collate(rows, {
      maxLength: args.model_max_length,
      padTokenId: config.padTokenId,
      padsToMax: this.#zLossWeight !== 0,
    });
  }

  #dropout(step: number, index: number): FillDropout {
    const { args, adapter } = this.#run;
    const names = [...(adapter?.targets.keys() ?? [])];
    const batch = (step - 1) * args.gradient_accumulation_steps + index;
    return (layer, key, mask) =>
      fillDropout(mask, args.lora_dropout, {
        seed: args.seed,
        batch,
        layer,
        target: names.indexOf(key),
      });
  }

  get #zLossWeight(): number {
    return this.#run.args.z_loss_weight ?? this.#run.config.zLossWeight;
  }

  #learningRate(step: number): number {
    const { args } = this.#run;
    const { totalSteps, warmupSteps } = this.#length;
    const schedule = { name: args.lr_scheduler_type, totalSteps, warmupSteps };
    return args.learning_rate * learningRateFactor(schedule, step - 1);
  }

  #epoch(step: number): number {
    return step / this.#length.stepsPerEpoch;
  }

  #start(step: number, skipped: number): TrainingEvent {
    const { data, trained, parameterCount } = this.#run;
    return {
      type: "start",
      rows: data.train.length,
      skipped,
      length: this.#length,
      step,
      trainedParameters: count(trained),
      allParameters: parameterCount,
    };
  }

  #logRow(step: number): LogRow | undefined {
    if (step % this.#run.args.logging_steps !== 0) return undefined;
    const row = {
      epoch: round(this.#epoch(step), 2),
      learning_rate: this.#learningRate(step),
      loss: round(mean(this.#losses), 4),
      step,
    };
    this.#losses = [];
    this.#log.push(row);
    return row;
  }

  #lastRow(seconds: number, first: number): LogRow {
    const { totalSteps } = this.#length;
    const rows = this.#log.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
    const row = {
      epoch: round(this.#epoch(totalSteps), 2),
      step: totalSteps,
      total_flos: 0,
      train_loss: mean([...rows, ...this.#losses]),
      train_runtime: round(seconds, 4),
      train_steps_per_second: round((totalSteps - first) / seconds, 3),
    };
    this.#log.push(row);
    return row;
  }

  #isSaved(step: number): boolean {
    const { save_strategy, save_steps } = this.#run.args;
    if (save_strategy === "no") return false;
    const interval = save_strategy === "epoch" ? this.#length.stepsPerEpoch : save_steps;
    return step % interval === 0;
  }

  async #save(step: number): Promise<TrainingEvent> {
    const { output_dir, save_total_limit } = this.#run.args;
    const path = join(output_dir, checkpointName(step));
    await writeFolder(path, (directory) =>
      writeCheckpoint(this.#run, directory, {
        optimizer: this.#optimizer,
        state: this.#state(step),
        pendingLosses: this.#losses,
        signal: this.#signal,
      }),
    );
    if (save_total_limit !== undefined) await rotateCheckpoints(output_dir, save_total_limit);
    return { type: "save", step, path };
  }

  #state(step: number): TrainerState {
    const { args } = this.#run;
    return {
      epoch: this.#epoch(step),
      global_step: step,
      max_steps: this.#length.totalSteps,
      num_train_epochs: this.#length.epochs,
      train_batch_size: args.per_device_train_batch_size,
      logging_steps: args.logging_steps,
      save_steps: args.save_steps,
      eval_steps: args.eval_steps ?? null,
      num_input_tokens_seen: this.#tokens,
      best_metric: null,
      best_model_checkpoint: null,
      log_history: this.#log,
    };
  }

  /** Goes back to a checkpoint, if that is wanted. @returns its step. */
  async #resume(): Promise<number> {
    const { output_dir, resume_from_checkpoint: from } = this.#run.args;
    if (from === undefined || from === false) return 0;
    const last = (await listCheckpoints(output_dir)).at(-1)?.path;
    const path = from === true ? last : from;
    if (path === undefined) return 0;
    const { state, pendingLosses } = await restoreCheckpoint(
      this.#run,
      path,
      this.#optimizer,
      this.#signal,
    );
    this.#losses = [...pendingLosses];
    this.#log.push(...state.log_history);
    this.#tokens = state.num_input_tokens_seen;
    return state.global_step;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
