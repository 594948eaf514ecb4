import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFolder } from "@baichuan2/model";
import { AdamW } from "../optim/adamw.ts";
import { learningRateFactor } from "../optim/schedule.ts";
import {
  checkpointName,
  listCheckpoints,
  removeUnfinished,
  rotateCheckpoints,
} from "../output/checkpoint-folder.ts";
import type { TrainerState } from "../output/trainer-state.ts";
import { bestEvaluation } from "./best-evaluation.ts";
import { evaluate } from "./evaluate.ts";
import { count } from "./open-parameters.ts";
import type { OpenRun } from "./open-run.ts";
import { RunBatches } from "./run-batches.ts";
import {
  restoreCheckpoint,
  restoreWeights,
  writeCheckpoint,
  writeModel,
  writeState,
} from "./run-files.ts";
import { runLength, type RunLength } from "./run-length.ts";
import { RunLog, type LogPlace } from "./run-log.ts";
import { StepRunner } from "./step-runner.ts";
import type { TrainingEvent, TrainingResult } from "./training-event.ts";

/** A run on its way: step by step, in the Trainer's order a row of the log, an evaluation, a checkpoint. */
export class TrainingRun {
  readonly #run: OpenRun;
  readonly #signal: AbortSignal | undefined;
  readonly #length: RunLength;
  readonly #batches: RunBatches;
  readonly #optimizer: AdamW;
  readonly #runner: StepRunner;
  readonly #log = new RunLog();
  #tokens = 0;
  /** Where the model with the best evaluation was written. */
  #best: string | undefined;

  constructor(run: OpenRun, signal: AbortSignal | undefined) {
    const { args, data, network, parameters } = run;
    this.#run = run;
    this.#signal = signal;
    this.#length = runLength(args, data.train.length);
    this.#batches = new RunBatches(run, this.#length);
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
      zLossWeight: run.zLossWeight,
      decaysNorms: args.decay_norms,
    });
  }

  async *steps(): AsyncGenerator<TrainingEvent, TrainingResult> {
    await removeUnfinished(this.#run.args.output_dir);
    const first = await this.#resume();
    yield this.#start(first);
    const begun = performance.now();
    let step = first;
    while (step < this.#length.totalSteps && !this.#isExhausted) {
      step += 1;
      yield* this.#step(step);
    }
    const seconds = (performance.now() - begun) / 1e3;
    const row = this.#log.end(this.#place(step), { seconds, steps: step - first });
    yield { type: "log", row };
    return this.#finish(step);
  }

  /** A step and what is due after it. */
  async *#step(step: number): AsyncGenerator<TrainingEvent, void> {
    yield await this.#train(step);
    if (step % this.#run.args.logging_steps === 0)
      yield { type: "log", row: this.#log.training(this.#place(step), this.#learningRate(step)) };
    if (this.#isEvaluated(step)) yield* this.#evaluate(step);
    if (this.#isSaved(step)) yield await this.#save(step);
    if (step < this.#length.totalSteps && this.#isExhausted) yield this.#stop(step);
  }

  async #train(step: number): Promise<TrainingEvent> {
    const learningRate = this.#learningRate(step);
    const start = performance.now();
    const result = await this.#runner.step({
      step,
      batches: this.#batches.ofStep(step),
      learningRate,
      dropoutOf: (index) => this.#batches.dropout(step, index),
      signal: this.#signal,
    });
    this.#log.addLoss(result.loss);
    this.#tokens += result.tokens;
    const seconds = (performance.now() - start) / 1e3;
    return { type: "step", ...this.#place(step), learningRate, seconds, ...result };
  }

  async *#evaluate(step: number): AsyncGenerator<TrainingEvent, void> {
    const batches = this.#batches.ofEvaluation();
    const result = await evaluate(this.#runner, batches, { step, signal: this.#signal });
    const { loss, samples, seconds } = result;
    yield { type: "evaluation", ...this.#place(step), loss, samples, seconds };
    yield { type: "log", row: this.#log.evaluation(this.#place(step), result) };
  }

  async #save(step: number): Promise<TrainingEvent> {
    const { output_dir, save_total_limit, load_best_model_at_end } = this.#run.args;
    const path = join(output_dir, checkpointName(step));
    if (bestEvaluation(this.#log.rows)?.step === step) this.#best = path;
    await writeFolder(path, (directory) =>
      writeCheckpoint(this.#run, directory, {
        optimizer: this.#optimizer,
        state: this.#state(step),
        pendingLosses: this.#log.pendingLosses,
        signal: this.#signal,
      }),
    );
    const kept = load_best_model_at_end ? this.#best : undefined;
    if (save_total_limit !== undefined) await rotateCheckpoints(output_dir, save_total_limit, kept);
    return { type: "save", step, path };
  }

  /** Writes the result. */
  async #finish(step: number): Promise<TrainingResult> {
    const { output_dir, load_best_model_at_end } = this.#run.args;
    const isOther = load_best_model_at_end && this.#best !== undefined;
    if (isOther) await restoreWeights(this.#run, this.#best as string, this.#signal);
    await mkdir(output_dir, { recursive: true });
    await writeModel(this.#run, output_dir, this.#signal);
    await writeState(output_dir, this.#state(step));
    const modelStep = isOther ? bestEvaluation(this.#log.rows)?.step : undefined;
    return { steps: step, log: this.#log.rows, path: output_dir, modelStep: modelStep ?? step };
  }

  #start(step: number): TrainingEvent {
    const { data, trained, parameterCount } = this.#run;
    return {
      type: "start",
      rows: data.train.length,
      evaluationRows: data.evaluation.length,
      skipped: data.skipped,
      length: this.#length,
      step,
      trainedParameters: count(trained),
      allParameters: parameterCount,
    };
  }

  #stop(step: number): TrainingEvent {
    const { early_stopping_patience: patience } = this.#run.args;
    const { loss, step: best } = bestEvaluation(this.#log.rows) ?? { loss: NaN, step: 0 };
    const reason = `no better evaluation in ${patience}: the best one was ${loss} after step ${best}`;
    return { type: "stop", step, reason };
  }

  /** Whether early stopping ends the run. */
  get #isExhausted(): boolean {
    const { early_stopping_patience: patience, early_stopping_threshold } = this.#run.args;
    const best = bestEvaluation(this.#log.rows, early_stopping_threshold);
    return patience !== undefined && best !== undefined && best.since >= patience;
  }

  #isEvaluated(step: number): boolean {
    const { evaluation_strategy, eval_steps, logging_steps } = this.#run.args;
    return this.#isDue(step, evaluation_strategy, eval_steps ?? logging_steps);
  }

  #isSaved(step: number): boolean {
    const { save_strategy, save_steps } = this.#run.args;
    return this.#isDue(step, save_strategy, save_steps);
  }

  #isDue(step: number, strategy: "epoch" | "steps" | "no", steps: number): boolean {
    if (strategy === "no") return false;
    return step % (strategy === "epoch" ? this.#length.stepsPerEpoch : steps) === 0;
  }

  #learningRate(step: number): number {
    const { args } = this.#run;
    const { totalSteps, warmupSteps } = this.#length;
    const schedule = { name: args.lr_scheduler_type, totalSteps, warmupSteps };
    return args.learning_rate * learningRateFactor(schedule, step - 1);
  }

  #place(step: number): LogPlace {
    return { step, epoch: step / this.#length.stepsPerEpoch };
  }

  #state(step: number): TrainerState {
    const { args } = this.#run;
    return {
      epoch: this.#place(step).epoch,
      global_step: step,
      max_steps: this.#length.totalSteps,
      num_train_epochs: this.#length.epochs,
      train_batch_size: args.per_device_train_batch_size,
      logging_steps: args.logging_steps,
      save_steps: args.save_steps,
      eval_steps: args.eval_steps ?? null,
      num_input_tokens_seen: this.#tokens,
      best_metric: bestEvaluation(this.#log.rows)?.loss ?? null,
      best_model_checkpoint: this.#best ?? null,
      log_history: this.#log.rows,
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
    this.#log.restore(state.log_history, pendingLosses);
    this.#tokens = state.num_input_tokens_seen;
    this.#best = state.best_model_checkpoint ?? undefined;
    return state.global_step;
  }
}
