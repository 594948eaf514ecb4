import { join } from "node:path";
import { writeWhole } from "@baichuan2/model";
import type { TrainingArguments } from "../../trainer/training-arguments.ts";
import type { TrainingEvent } from "../../trainer/training-event.ts";
import { logPath, readLog } from "../jsonl-log.ts";
import type { RunOutcome, TrainingCallback } from "../training-callback.ts";
import { summarizeLog } from "./chart-series.ts";
import type { ReportLanguage } from "./labels.ts";
import { reportData } from "./report-data.ts";
import { reportPage } from "./report-page.ts";

const PAGE_FILE = "report.html";

/**
 * Writes `report.html`: charts of loss, learning rate and gradient norm, and the facts of the run, in one file that loads
 * nothing. It is written with each checkpoint and at the end, however the run ends; each time whole.
 *
 * Reads the steps from `train_log.jsonl`, so that those before a resumed step are shown too; stands behind `jsonlLog`.
 */
export function htmlReport(
  args: TrainingArguments,
  { language = "en" }: { readonly language?: ReportLanguage | undefined } = {},
): TrainingCallback {
  let start: Extract<TrainingEvent, { type: "start" }> | undefined;
  const write = async (outcome?: RunOutcome): Promise<void> => {
    if (!start) return;
    const log = await summarizeLog(readLog(logPath(args.output_dir)));
    const data = reportData({ args, start, log, outcome, now: new Date() }, language);
    const page = await reportPage(data);
    await writeWhole(join(args.output_dir, PAGE_FILE), (handle) => handle.writeFile(page));
  };
  return {
    name: PAGE_FILE,
    async onEvent(event) {
      if (event.type === "start") start = event;
      if (event.type === "save") await write();
    },
    onEnd: write,
  };
}
