import type { LogRow } from "../output/trainer-state.ts";
import type { Evaluation } from "./evaluate.ts";
import type { StepResult } from "./step-runner.ts";

/** What of a log no row tells of yet. */
export interface PendingLog {
  /** Losses of the steps since the last row. */
  readonly losses: readonly number[];
  /** Sum of the losses of all steps. */
  readonly lossSum: number;
}

/** What a process has done. */
export interface RunSpeed {
  readonly seconds: number;
  readonly steps: number;
  /** Rows of the data. */
  readonly samples: number;
}

/** Where a run stands. */
export interface LogPlace {
  readonly step: number;
  readonly epoch: number;
}

/** The log of a run, with the rows that transformers' Trainer writes. */
export class RunLog {
  readonly #rows: LogRow[] = [];
  /** Losses since the last row. */
  #losses: number[] = [];
  #lossSum = 0;
  #gradNorm = 0;

  get rows(): readonly LogRow[] {
    return this.#rows;
  }

  /** What no row tells of yet. */
  get pending(): PendingLog {
    return { losses: this.#losses, lossSum: this.#lossSum };
  }

  /** Goes on where another log ended. */
  restore(rows: readonly LogRow[], { losses, lossSum }: PendingLog): void {
    this.#rows.push(...rows);
    this.#losses = [...losses];
    this.#lossSum = lossSum;
  }

  /** Takes note of a step. */
  add({ loss, gradNorm }: Pick<StepResult, "loss" | "gradNorm">): void {
    this.#losses.push(loss);
    this.#lossSum += loss;
    this.#gradNorm = gradNorm;
  }

  /** Mean loss since the last such row. */
  training({ step, epoch }: LogPlace, learningRate: number): LogRow {
    const loss = round(mean(this.#losses), 4);
    this.#losses = [];
    return this.#push({
      epoch: round(epoch, 2),
      grad_norm: this.#gradNorm,
      learning_rate: learningRate,
      loss,
      step,
    });
  }

  evaluation({ step, epoch }: LogPlace, { loss, samples, batches, seconds }: Evaluation): LogRow {
    return this.#push({
      epoch: round(epoch, 2),
      eval_loss: loss,
      eval_runtime: round(seconds, 4),
      eval_samples_per_second: round(samples / seconds, 3),
      eval_steps_per_second: round(batches / seconds, 3),
      step,
    });
  }

  /** The last row: the mean loss of all steps, and how fast those of this process were. */
  end({ step, epoch }: LogPlace, { seconds, steps, samples }: RunSpeed): LogRow {
    return this.#push({
      epoch: round(epoch, 2),
      step,
      total_flos: 0,
      train_loss: this.#lossSum / Math.max(1, step),
      train_runtime: round(seconds, 4),
      train_samples_per_second: round(samples / seconds, 3),
      train_steps_per_second: round(steps / seconds, 3),
    });
  }

  #push(row: LogRow): LogRow {
    this.#rows.push(row);
    return row;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
