import { parseTrainingArguments, type TrainingArguments } from "../../trainer/training-arguments.ts";
import type { TrainingEvent } from "../../trainer/training-event.ts";

/** Arguments of a run that writes into a folder. */
export function argumentsOf(
  outputDir: string,
  more: Record<string, unknown> = {},
): TrainingArguments {
  const needed = { model_name_or_path: "model", data_path: "data.json", output_dir: outputDir };
  return parseTrainingArguments({ ...needed, ...more });
}

/** The start of a run of 4 steps. */
export function startEvent(step = 0): Extract<TrainingEvent, { type: "start" }> {
  return {
    type: "start",
    rows: 8,
    evaluationRows: 0,
    skipped: 0,
    length: { stepsPerEpoch: 4, totalSteps: 4, epochs: 1, warmupSteps: 0 },
    step,
    trainedParameters: 25,
    allParameters: 1000,
  };
}

/** A step of half a second and 64 tokens: 128 tokens a second. */
export function stepEvent(step: number, loss = 2): TrainingEvent {
  return {
    type: "step",
    step,
    epoch: step / 4,
    loss,
    gradNorm: 1.5,
    tokens: 64,
    learningRate: 1e-3,
    seconds: 0.5,
  };
}

/** A row of the Trainer's log. */
export function logEvent(step: number, more: Record<string, number> = {}): TrainingEvent {
  return { type: "log", row: { epoch: step / 4, learning_rate: 0, loss: 2, step, ...more } };
}

/** An evaluation of 10 rows in 2 seconds. */
export function evaluationEvent(step: number, loss: number): TrainingEvent {
  return { type: "evaluation", step, epoch: step / 4, loss, samples: 10, seconds: 2 };
}
