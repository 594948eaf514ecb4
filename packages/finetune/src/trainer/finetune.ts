import type { OpenBaseOptions } from "./open-base.ts";
import { openRun } from "./open-run.ts";
import type { TrainingArguments } from "./training-arguments.ts";
import type { TrainingEvent, TrainingResult } from "./training-event.ts";
import { TrainingRun } from "./training-run.ts";

/**
 * Fine-tunes a model: reads it and the data, takes all steps, writes checkpoints on the way and the result at the end.
 *
 * Computes on the thread that it is called on. Leaving the loop early, or aborting, ends the run after the layer at hand;
 * checkpoints stay, and `resume_from_checkpoint` goes on from the last, bit for bit as if the run had not ended.
 *
 * @throws {TrainingError} if numbers are none, or a batch teaches nothing.
 * @throws {CheckpointError | DataError | UnsupportedError} for what cannot be used, before the first step.
 */
export async function* finetune(
  args: TrainingArguments,
  options: OpenBaseOptions = {},
): AsyncGenerator<TrainingEvent, TrainingResult> {
  await using run = await openRun(args, options);
  return yield* new TrainingRun(run, options.signal).steps();
}
