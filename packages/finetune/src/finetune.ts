import { reportsOf, type ReportsOptions } from "./report/reports-of.ts";
import { withReports, type ReportOptions } from "./report/with-reports.ts";
import { finetune as train } from "./trainer/finetune.ts";
import type { TrainingEvent, TrainingResult } from "./trainer/training-event.ts";
import type { OpenBaseOptions } from "./trainer/open-base.ts";
import type { TrainingArguments } from "./trainer/training-arguments.ts";

/** Options of a run. */
export interface FinetuneOptions extends OpenBaseOptions, ReportsOptions, ReportOptions {}

/**
 * Fine-tunes a model: reads it and the data, takes all steps, writes checkpoints on the way and the result at the end, with
 * `train_log.jsonl` and `report.html`, and what `report_to` names.
 *
 * Computes on the thread that it is called on. Leaving the loop early, or aborting, ends the run after the layer at hand;
 * checkpoints stay, and `resume_from_checkpoint` goes on from the last, bit for bit as if the run had not ended.
 *
 * @throws {TrainingError} if numbers are none, or a batch teaches nothing.
 * @throws {CheckpointError | DataError | UnsupportedError} for what cannot be used, before the first step.
 * @throws {ReportError} if a report or callback fails and no `onReportError` takes it.
 */
export async function* finetune(
  args: TrainingArguments,
  options: FinetuneOptions = {},
): AsyncGenerator<TrainingEvent, TrainingResult> {
  const reports = reportsOf(args, options);
  return yield* withReports(train(args, options), reports, options);
}
