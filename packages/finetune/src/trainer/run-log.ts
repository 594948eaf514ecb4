import type { LogRow } from "../output/trainer-state.ts";
import type { Evaluation } from "./evaluate.ts";

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

  get rows(): readonly LogRow[] {
    return this.#rows;
  }

  /** Losses of steps that no row tells of yet. */
  get pendingLosses(): readonly number[] {
    return this.#losses;
  }

  /** Goes on where another log ended. */
  restore(rows: readonly LogRow[], pendingLosses: readonly number[]): void {
    this.#rows.push(...rows);
    this.#losses = [...pendingLosses];
  }

  addLoss(loss: number): void {
    this.#losses.push(loss);
  }

  /** Mean loss since the last such row. */
  training({ step, epoch }: LogPlace, learningRate: number): LogRow {
    const loss = round(mean(this.#losses), 4);
    this.#losses = [];
    return this.#add({ epoch: round(epoch, 2), learning_rate: learningRate, loss, step });
  }

  evaluation({ step, epoch }: LogPlace, { loss, samples, batches, seconds }: Evaluation): LogRow {
    return this.#add({
      epoch: round(epoch, 2),
      eval_loss: loss,
      eval_runtime: round(seconds, 4),
      eval_samples_per_second: round(samples / seconds, 3),
      eval_steps_per_second: round(batches / seconds, 3),
      step,
    });
  }

  /** @param steps - Steps that took the seconds. */
  end(
    { step, epoch }: LogPlace,
    { seconds, steps }: Readonly<Record<"seconds" | "steps", number>>,
  ): LogRow {
    const losses = this.#rows.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
    return this.#add({
      epoch: round(epoch, 2),
      step,
      total_flos: 0,
      train_loss: mean([...losses, ...this.#losses]),
      train_runtime: round(seconds, 4),
      train_steps_per_second: round(steps / seconds, 3),
    });
  }

  #add(row: LogRow): LogRow {
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
