import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFolder } from "@baichuan2/model";
import type { AdamW } from "../optim/adamw.ts";
import { checkpointName, listCheckpoints, rotateCheckpoints } from "../output/checkpoint-folder.ts";
import type { TrainerState } from "../output/trainer-state.ts";
import { bestEvaluation } from "./best-evaluation.ts";
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
  /** Where the model with the best evaluation was written. */
  #best: string | undefined;

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
    const { output_dir, save_total_limit, load_best_model_at_end } = this.#run.args;
    const path = join(output_dir, checkpointName(progress.step));
    if (bestEvaluation(this.#log.rows)?.step === progress.step) this.#best = path;
    await writeFolder(path, (directory) =>
      writeCheckpoint(this.#run, directory, {
        optimizer: this.#optimizer,
        state: this.#state(progress),
        pendingLosses: this.#log.pendingLosses,
        signal: this.#signal,
      }),
    );
    const kept = load_best_model_at_end ? this.#best : undefined;
    if (save_total_limit !== undefined) await rotateCheckpoints(output_dir, save_total_limit, kept);
    return path;
  }

  /** Writes the result: the last model, or the best one. */
  async finish(progress: RunProgress): Promise<TrainingResult> {
    const { output_dir: path, load_best_model_at_end } = this.#run.args;
    const best = load_best_model_at_end ? this.#best : undefined;
    if (best !== undefined) await restoreWeights(this.#run, best, this.#signal);
    await mkdir(path, { recursive: true });
    await writeModel(this.#run, path, this.#signal);
    await writeState(path, this.#state(progress));
    const bestStep = best === undefined ? undefined : bestEvaluation(this.#log.rows)?.step;
    const { step } = progress;
    return { steps: step, log: this.#log.rows, path, modelStep: bestStep ?? step };
  }

  /** Goes back to a checkpoint, if that is wanted. */
  async resume(): Promise<RunProgress> {
    const { output_dir, resume_from_checkpoint: from } = this.#run.args;
    if (from === undefined || from === false) return { step: 0, tokens: 0 };
    const last = (await listCheckpoints(output_dir)).at(-1)?.path;
    const path = from === true ? last : from;
    if (path === undefined) return { step: 0, tokens: 0 };
    const restored = await restoreCheckpoint(this.#run, path, this.#optimizer, this.#signal);
    const { state, pendingLosses } = restored;
    this.#log.restore(state.log_history, pendingLosses);
    this.#best = state.best_model_checkpoint ?? undefined;
    return { step: state.global_step, tokens: state.num_input_tokens_seen };
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
      best_metric: bestEvaluation(this.#log.rows)?.loss ?? null,
      best_model_checkpoint: this.#best ?? null,
      log_history: this.#log.rows,
    };
  }
}
