import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, writeFolder } from "@baichuan2/model";
import type { AdamW } from "../optim/adamw.ts";
import {
  checkpointName,
  checkpointStep,
  listCheckpoints,
  rotateCheckpoints,
} from "../output/checkpoint-folder.ts";
import type { TrainerState } from "../output/trainer-state.ts";
import type { OpenRun } from "./open-run.ts";
import {
  restoreCheckpoint,
  restoreWeights,
  writeCheckpoint,
  writeModel,
  writeState,
} from "./run-files.ts";
import type { RunLength } from "./run-length.ts";
import type { RunLog } from "./run-log.ts";
import { TrainingArgumentError } from "./training-arguments.ts";
import type { TrainingResult } from "./training-event.ts";

/** What a run has come to. */
export interface RunProgress {
  readonly step: number;
  /** Tokens that have run. */
  readonly tokens: number;
}

/** Writes what a run can go on from and what it ends with, and reads it again. */
export class RunCheckpoints {
  readonly #run: OpenRun;
  readonly #length: RunLength;
  readonly #optimizer: AdamW;
  readonly #log: RunLog;
  readonly #signal: AbortSignal | undefined;
  /** The best evaluation of those at whose step a checkpoint was written. */
  #best: { readonly step: number; readonly loss: number } | undefined;

  constructor(
    run: OpenRun,
    parts: { readonly length: RunLength; readonly optimizer: AdamW; readonly log: RunLog },
    signal: AbortSignal | undefined,
  ) {
    this.#run = run;
    this.#length = parts.length;
    this.#optimizer = parts.optimizer;
    this.#log = parts.log;
    this.#signal = signal;
  }

  /** Writes a checkpoint and removes what is beyond `save_total_limit`. @returns its path. */
  async save(progress: RunProgress): Promise<string> {
    const { save_total_limit, load_best_model_at_end } = this.#run.args;
    const path = this.#pathOf(progress.step);
    this.#noteEvaluation(progress.step);
    await writeFolder(path, (directory) =>
      writeCheckpoint(this.#run, directory, {
        optimizer: this.#optimizer,
        state: this.#state(progress),
        pending: this.#log.pending,
        signal: this.#signal,
      }),
    );
    const best = load_best_model_at_end ? this.#best?.step : undefined;
    if (save_total_limit !== undefined)
      await rotateCheckpoints(this.#run.args.output_dir, save_total_limit, [progress.step, best]);
    return path;
  }

  /** Writes the result: the last model, or the best one of those that were written. */
  async finish(progress: RunProgress): Promise<TrainingResult> {
    const { output_dir: path, load_best_model_at_end } = this.#run.args;
    const best = load_best_model_at_end ? this.#best?.step : undefined;
    if (best !== undefined) await restoreWeights(this.#run, this.#pathOf(best), this.#signal);
    await mkdir(path, { recursive: true });
    await writeModel(this.#run, path, this.#signal);
    await writeState(path, this.#state(progress));
    const { step } = progress;
    return { steps: step, log: this.#log.rows, path, modelStep: best ?? step };
  }

  /**
   * Goes back to a checkpoint, if that is wanted.
   *
   * @throws {CheckpointError} if there is none, or it is of another run.
   * @throws {TrainingArgumentError} if a new run would write among checkpoints of an earlier one.
   */
  async resume(): Promise<RunProgress> {
    const { output_dir, resume_from_checkpoint: from } = this.#run.args;
    const there = await listCheckpoints(output_dir);
    if (from === undefined || from === false) return this.#begin(there);
    const path = from === true ? there.at(-1)?.path : from;
    if (path === undefined)
      throw new CheckpointError(
        output_dir,
        "expected a checkpoint to go on from, got none (leave out resume_from_checkpoint for a new run)",
      );
    const restored = await restoreCheckpoint(this.#run, path, this.#optimizer, this.#signal);
    const { state, pending } = restored;
    this.#log.restore(state.log_history, pending);
    await this.#restoreBest(state);
    return { step: state.global_step, tokens: state.num_input_tokens_seen };
  }

  /** A new run; checkpoints of an earlier one would be taken for its own. */
  async #begin(there: readonly { readonly path: string }[]): Promise<RunProgress> {
    const [first] = there;
    if (first && !this.#run.args.overwrite_output_dir)
      throw new TrainingArgumentError(
        "output_dir",
        "a folder without checkpoints of an earlier run (resume_from_checkpoint goes on from the last, overwrite_output_dir removes them)",
        first.path,
      );
    for (const { path } of there) await rm(path, { recursive: true });
    return { step: 0, tokens: 0 };
  }

  #noteEvaluation(step: number): void {
    const loss = this.#log.rows.findLast((row) => row["step"] === step && "eval_loss" in row)?.[
      "eval_loss"
    ];
    if (loss !== undefined && loss < (this.#best?.loss ?? Infinity)) this.#best = { step, loss };
  }

  /** The best checkpoint may have been removed since. */
  async #restoreBest({
    best_metric: loss,
    best_model_checkpoint: path,
  }: TrainerState): Promise<void> {
    const step = path === null ? undefined : checkpointStep(path);
    const there = await listCheckpoints(this.#run.args.output_dir);
    if (step !== undefined && loss !== null && there.some((one) => one.step === step))
      this.#best = { step, loss };
  }

  #pathOf(step: number): string {
    return join(this.#run.args.output_dir, checkpointName(step));
  }

  #state({ step, tokens }: RunProgress): TrainerState {
    const { args } = this.#run;
    return {
      epoch: step / this.#length.stepsPerEpoch,
      global_step: step,
      max_steps: this.#length.totalSteps,
      num_train_epochs: this.#length.epochs,
      train_batch_size: args.per_device_train_batch_size,
      logging_steps: args.logging_steps,
      save_steps: args.save_steps,
      eval_steps: args.eval_steps ?? null,
      num_input_tokens_seen: tokens,
      best_metric: this.#best?.loss ?? null,
      best_model_checkpoint: this.#best ? this.#pathOf(this.#best.step) : null,
      log_history: this.#log.rows,
    };
  }
}
