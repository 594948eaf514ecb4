import type { TrainingEvent, TrainingResult } from "../trainer/training-event.ts";

/** How a run came to its end. */
export type RunOutcome =
  | { readonly kind: "finished"; readonly result: TrainingResult }
  /** Whoever iterates over the run has left the loop. */
  | { readonly kind: "left" }
  /** Aborts are among these: the error is the signal's reason then. */
  | { readonly kind: "failed"; readonly error: unknown };

/**
 * What is told of everything that happens in a run: the log, the reports, and what users bring, such as a tracker of
 * experiments. The run waits for what it returns.
 */
export interface TrainingCallback {
  /** What errors call it. */
  readonly name: string;
  onEvent(event: TrainingEvent): void | Promise<void>;
  /** Comes once and last, however the run ends, also where the callback itself has failed. */
  onEnd?(outcome: RunOutcome): void | Promise<void>;
}
