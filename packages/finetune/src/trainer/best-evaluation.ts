import type { LogRow } from "../output/trainer-state.ts";

/** What the evaluations of a run have come to; found in its log, so that a run that goes on knows it. */
export interface BestEvaluation {
  /** Lowest loss. */
  readonly loss: number;
  /** Step of it. */
  readonly step: number;
  /** Evaluations since the last one that was better by more than the threshold. */
  readonly since: number;
}

/**
 * The best evaluation of a log.
 *
 * @param threshold - An evaluation that is better by no more does not count for `since` (`early_stopping_threshold`).
 * @returns undefined if nothing was evaluated.
 */
export function bestEvaluation(log: readonly LogRow[], threshold = 0): BestEvaluation | undefined {
  let best: BestEvaluation | undefined;
  for (const { eval_loss: loss, step = 0 } of log) {
    if (loss === undefined) continue;
    const isBetter = best === undefined || loss < best.loss;
    const since = best === undefined || best.loss - loss > threshold ? 0 : best.since + 1;
    best = isBetter || best === undefined ? { loss, step, since } : { ...best, since };
  }
  return best;
}
