import { AdamW } from "../optim/adamw.ts";
import { batchSize } from "../network/batch.ts";
import { learningRateFactor } from "../optim/schedule.ts";
import { removeUnfinished } from "../output/checkpoint-folder.ts";
import { bestEvaluation } from "./best-evaluation.ts";
import { evaluate } from "./evaluate.ts";
import { count } from "./open-parameters.ts";
import type { OpenRun } from "./open-run.ts";
import { RunBatches } from "./run-batches.ts";
import { RunCheckpoints } from "./run-checkpoints.ts";
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
  readonly #runner: StepRunner;
  readonly #log = new RunLog();
  readonly #checkpoints: RunCheckpoints;
  #tokens = 0;
  #samples = 0;

  constructor(run: OpenRun, signal: AbortSignal | undefined) {
    const { args, data, network, parameters } = run;
    this.#run = run;
    this.#signal = signal;
    this.#length = runLength(args, data.train.length);
    this.#batches = new RunBatches(run, this.#length);
    const optimizer = new AdamW({
      beta1: args.adam_beta1,
      beta2: args.adam_beta2,
      eps: args.adam_epsilon,
      weightDecay: args.weight_decay,
    });
    this.#runner = new StepRunner(network, parameters, optimizer, {
      accumulation: args.gradient_accumulation_steps,
      normalization: args.loss_normalization,
      maxGradNorm: args.max_grad_norm,
      zLossWeight: run.zLossWeight,
      decaysNorms: args.decay_norms,
    });
    const parts = { length: this.#length, optimizer, log: this.#log };
    this.#checkpoints = new RunCheckpoints(run, parts, signal);
  }

  async *steps(): AsyncGenerator<TrainingEvent, TrainingResult> {
    await removeUnfinished(this.#run.args.output_dir);
    const { step: first, tokens } = await this.#checkpoints.resume();
    this.#tokens = tokens;
    yield this.#start(first);
    const begun = performance.now();
    let step = first;
    while (step < this.#length.totalSteps && !this.#isExhausted) {
      step += 1;
      yield* this.#step(step);
    }
    const seconds = (performance.now() - begun) / 1e3;
    const speed = { seconds, steps: step - first, samples: this.#samples };
    const row = this.#log.end(this.#place(step), speed);
    yield { type: "log", row };
    return this.#checkpoints.finish({ step, tokens: this.#tokens });
  }

  /** A step and what is due after it. */
  async *#step(step: number): AsyncGenerator<TrainingEvent, void> {
    yield await this.#train(step);
    if (step % this.#run.args.logging_steps === 0)
      yield { type: "log", row: this.#log.training(this.#place(step), this.#learningRate(step)) };
    if (this.#isEvaluated(step)) yield* this.#evaluate(step);
    if (this.#isSaved(step)) {
      const path = await this.#checkpoints.save({ step, tokens: this.#tokens });
      yield { type: "save", step, path };
    }
    if (step < this.#length.totalSteps && this.#isExhausted) yield this.#stop(step);
  }

  async #train(step: number): Promise<TrainingEvent> {
    const learningRate = this.#learningRate(step);
    const start = performance.now();
    const batches = this.#batches.ofStep(step);
    const result = await this.#runner.step({
      step,
      batches,
      learningRate,
      dropoutOf: (index) => this.#batches.dropout(step, index),
      signal: this.#signal,
    });
    this.#log.add(result);
    this.#tokens += result.tokens;
    this.#samples += batches.reduce((sum, batch) => sum + batchSize(batch), 0);
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
    const { early_stopping_patience: patience = 0 } = this.#run.args;
    const { loss, step: bestStep } = bestEvaluation(this.#log.rows) ?? { loss: NaN, step: 0 };
    return { type: "stop", step, patience, bestLoss: loss, bestStep };
  }

  /** Whether early stopping ends the run. */
  get #isExhausted(): boolean {
    const { early_stopping_patience: patience, early_stopping_threshold } = this.#run.args;
    const best = bestEvaluation(this.#log.rows, early_stopping_threshold);
    return patience !== undefined && best !== undefined && best.since >= patience;
  }

  #isEvaluated(step: number): boolean {
    const { evaluation_strategy, eval_steps, logging_steps } = this.#run.args;
    if (evaluation_strategy === "steps") return step % (eval_steps ?? logging_steps) === 0;
    return evaluation_strategy === "epoch" && this.#endsEpoch(step);
  }

  /** The last step is always saved, unless nothing is, and so is the one at which early stopping ends the run. */
  #isSaved(step: number): boolean {
    const { save_strategy, save_steps } = this.#run.args;
    if (save_strategy === "no") return false;
    if (this.#endsEpoch(step) && save_strategy === "epoch") return true;
    if (step === this.#length.totalSteps || this.#isExhausted) return true;
    return save_strategy === "steps" && step % save_steps === 0;
  }

  /** The last epoch may end before all of its steps. */
  #endsEpoch(step: number): boolean {
    return step % this.#length.stepsPerEpoch === 0 || step === this.#length.totalSteps;
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
}
