import type { Batch } from "../network/batch.ts";
import type { StepRunner } from "./step-runner.ts";

/** Loss on data that is not trained on. */
export interface Evaluation {
  /** Mean over rows of the mean of their batch, as the Trainer's. */
  readonly loss: number;
  /** Rows. */
  readonly samples: number;
  readonly batches: number;
  readonly seconds: number;
}

/**
 * Runs batches forwards.
 *
 * @throws {TrainingError} if a batch has no labels, or a loss is not finite.
 */
export async function evaluate(
  runner: StepRunner,
  batches: readonly Batch[],
  { step, signal }: { readonly step: number; readonly signal?: AbortSignal | undefined },
): Promise<Evaluation> {
  const begun = performance.now();
  let [sum, samples] = [0, 0];
  for (const batch of batches) {
    const rows = batch.inputIds.length / batch.length;
    sum += rows * (await runner.evaluate(step, batch, signal));
    samples += rows;
  }
  const seconds = (performance.now() - begun) / 1e3;
  return { loss: sum / samples, samples, batches: batches.length, seconds };
}
