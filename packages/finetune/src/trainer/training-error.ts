/** A run that cannot go on: its numbers are none, or a batch teaches nothing. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  readonly code = "ERR_TRAINING";
  /** Optimizer step, from 1. */
  readonly step: number;

  constructor(step: number, expected: string, actual: string, hint: string) {
    super(`step ${step}: expected ${expected}, got ${actual} (${hint})`);
    this.step = step;
  }
}
