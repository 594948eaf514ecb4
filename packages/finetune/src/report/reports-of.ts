import { TrainingArgumentError, type TrainingArguments } from "../trainer/training-arguments.ts";
import { htmlReport } from "./html/html-report.ts";
import type { ReportLanguage } from "./html/labels.ts";
import { jsonlLog } from "./jsonl-log.ts";
import { tensorboardReport } from "./tensorboard/tensorboard-report.ts";
import type { TrainingCallback } from "./training-callback.ts";

/** What a run is reported with, besides what its arguments say. */
export interface ReportsOptions {
  /** Are told of everything, before the reports. `report_to: "wandb"` needs one. */
  readonly callbacks?: readonly TrainingCallback[] | undefined;
  /** Language of report.html. Default: English. */
  readonly language?: ReportLanguage | undefined;
}

/**
 * Callbacks of a run: the user's, the log, what `report_to` names, and the page.
 *
 * Weights & Biases has no maintained package that logs from Node, so "wandb" is a callback of the user's own.
 *
 * @throws {TrainingArgumentError} for "wandb" without one.
 */
export function reportsOf(
  args: TrainingArguments,
  { callbacks = [], language }: ReportsOptions,
): readonly TrainingCallback[] {
  if (args.report_to === "wandb" && callbacks.length === 0)
    throw new TrainingArgumentError("report_to", WANDB_EXPECTED, 'none with "wandb"');
  return [
    ...callbacks,
    jsonlLog(args.output_dir),
    ...(args.report_to === "tensorboard" ? [tensorboardReport(args)] : []),
    htmlReport(args, { language }),
  ];
}

const WANDB_EXPECTED =
  'a callback that sends events to W&B (finetune(args, { callbacks: [{ name: "wandb", onEvent(event) { … } }] }), or ' +
  "--callback FILE.mjs on the command line; the README of @baichuan2/finetune has one)";
