import type { TrainingEvent } from "@baichuan2/finetune";
import { newRecordId } from "../openai/record-id.ts";
import type { NewJobEvent } from "./job.ts";
import { KEPT_CHECKPOINTS } from "./job-arguments.ts";
import type { JobCheckpoint } from "./job-record.ts";

/** What a training has come to, told from its events. */
export class JobProgress {
  #step = 0;
  #totalSteps = 0;
  #trainLoss: number | undefined;
  #validLoss: number | undefined;
  #stepsHere = 0;
  #secondsHere = 0;

  /** Milliseconds since 1970; undefined before a step has told how long one takes. */
  get estimatedFinishMs(): number | undefined {
    if (this.#stepsHere === 0) return undefined;
    const secondsPerStep = this.#secondsHere / this.#stepsHere;
    return Date.now() + 1000 * secondsPerStep * (this.#totalSteps - this.#step);
  }

  /** Takes an event of the training. @returns the event of the job that tells of it. */
  take(event: TrainingEvent): NewJobEvent | undefined {
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "step":
        return this.#takeStep(event);
      case "evaluation":
        return this.#evaluation(event);
      case "save":
        return { message: `Checkpoint created at step ${event.step}`, data: { step: event.step } };
      default:
        return undefined;
    }
  }

  /** Checkpoints with one more. */
  withCheckpoint(before: readonly JobCheckpoint[], step: number): JobCheckpoint[] {
    const checkpoint: JobCheckpoint = {
      id: newRecordId("ftckpt"),
      createdMs: Date.now(),
      step,
      ...(this.#trainLoss !== undefined && { trainLoss: this.#trainLoss }),
      ...(this.#validLoss !== undefined && { validLoss: this.#validLoss }),
    };
    return [...before.filter((one) => one.step < step), checkpoint].slice(-KEPT_CHECKPOINTS);
  }

  #start({ rows, skipped, length, step }: Extract<TrainingEvent, { type: "start" }>): NewJobEvent {
    this.#step = step;
    this.#totalSteps = length.totalSteps;
    const data = {
      examples: rows,
      skipped_examples: skipped,
      total_steps: length.totalSteps,
      step,
    };
    if (step > 0) return { message: `Training goes on after step ${step}`, data };
    return { message: `Training on ${rows} examples in ${length.totalSteps} steps`, data };
  }

  #takeStep(event: Extract<TrainingEvent, { type: "step" }>): NewJobEvent {
    const { step, epoch, loss, learningRate, gradNorm, tokens, seconds } = event;
    this.#step = step;
    this.#trainLoss = loss;
    this.#stepsHere += 1;
    this.#secondsHere += seconds;
    return {
      type: "metrics",
      message: `Step ${step}/${this.#totalSteps}: training loss=${loss.toFixed(2)}`,
      data: {
        step,
        total_steps: this.#totalSteps,
        epoch,
        train_loss: loss,
        learning_rate: learningRate,
        grad_norm: gradNorm,
        tokens,
        seconds,
      },
    };
  }

  #evaluation({ step, loss }: Extract<TrainingEvent, { type: "evaluation" }>): NewJobEvent {
    this.#validLoss = loss;
    return {
      type: "metrics",
      message: `Step ${step}/${this.#totalSteps}: validation loss=${loss.toFixed(2)}`,
      // All of the validation file is evaluated each time.
      data: { step, total_steps: this.#totalSteps, valid_loss: loss, full_valid_loss: loss },
    };
  }
}
