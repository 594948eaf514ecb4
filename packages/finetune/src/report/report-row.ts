import type { TrainingEvent } from "../trainer/training-event.ts";

/** Flat facts of an event, in the words of transformers' log. */
export type ReportRow = { readonly type: string; readonly step?: number } & Readonly<
  Record<string, string | number>
>;

/** What the log keeps of an event; nothing of those that are no measurements. */
export function reportRow(event: TrainingEvent): ReportRow | undefined {
  switch (event.type) {
    case "step":
      return stepRow(event);
    case "log":
      return { type: "log", ...event.row };
    case "evaluation": {
      const { type, step, epoch, loss, samples, seconds } = event;
      return { type, step, epoch, eval_loss: loss, samples, seconds };
    }
    case "stop":
      return {
        type: "stop",
        step: event.step,
        patience: event.patience,
        best_loss: event.bestLoss,
        best_step: event.bestStep,
      };
    default:
      return undefined;
  }
}

function stepRow(event: Extract<TrainingEvent, { type: "step" }>): ReportRow {
  const { type, step, epoch, loss, learningRate, gradNorm, tokens, seconds } = event;
  const tokens_per_second = Number((tokens / Math.max(seconds, 1e-9)).toPrecision(6));
  return {
    type,
    step,
    epoch,
    loss,
    learning_rate: learningRate,
    grad_norm: gradNorm,
    tokens,
    seconds,
    tokens_per_second,
  };
}
