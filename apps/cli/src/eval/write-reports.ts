import { join } from "node:path";
import { writeWhole } from "@baichuan2/model";
import type { Command } from "commander";
import { UsageError } from "../exit-codes.ts";
import { note, type Cli } from "../io.ts";
import type { Translate } from "../messages/translate.ts";
import { parseNames } from "./eval-flags.ts";

/** What the flags of reports leave in a command's options. */
export interface ReportFlags {
  readonly published?: readonly string[];
  readonly json?: boolean;
}

/**
 * Writes a run's reports into its folder: `report.json`, `report.md`, `report.csv`, `report.html`; and C-Eval's `submission.json`
 * where its test rows were asked.
 *
 * @returns what goes to stdout: a summary, or with `--json` all of it.
 */
export async function writeReports(
  { io, language, t }: Cli,
  folder: string,
  { json, published }: ReportFlags,
): Promise<string> {
  const options = { language, published };
  const evaluation = await import("@baichuan2/eval");
  const run = await evaluation.readRun(folder);
  const scores = evaluation.scoreRun(run);
  const text = evaluation.jsonReport(scores, options);
  const files: Record<string, string> = {
    "report.json": text,
    "report.md": evaluation.markdownReport(scores, options),
    "report.csv": evaluation.csvReport(scores, options),
    "report.html": evaluation.htmlReport(run, scores, options),
    ...submissionOf(evaluation, run),
  };
  for (const [name, content] of Object.entries(files))
    await writeWhole(join(folder, name), (file) => file.writeFile(content));
  note(io, t("eval.written", { files: Object.keys(files).join(", "), folder }));
  return json ? text : evaluation.markdownReport(scores, { ...options, hasDetails: false });
}

type Evaluation = typeof import("@baichuan2/eval");

/** Answers to the rows of C-Eval whose solutions are not published, as its site takes them. */
function submissionOf(
  { cevalSubmission }: Evaluation,
  run: Awaited<ReturnType<Evaluation["readRun"]>>,
): Record<string, string> {
  const ceval = run.benchmarks.find(({ benchmark }) => benchmark.name === "ceval");
  if (ceval?.options.split !== "test") return {};
  const records = ceval.tasks.flatMap((task) => task.records);
  return { "submission.json": `${JSON.stringify(cevalSubmission(records), null, 2)}\n` };
}

/** Adds the flags of reports. */
export function addReportOptions(command: Command, t: Translate): Command {
  return command
    .option("--published <models>", t("option.published"), parseNames)
    .option("--json", t("option.json"));
}

/** @throws {UsageError} for a model that the README does not have. */
export async function checkPublished({ t }: Cli, { published = [] }: ReportFlags): Promise<void> {
  const { PUBLISHED_MODELS } = await import("@baichuan2/eval");
  const stranger = published.find((name) => !PUBLISHED_MODELS.includes(name));
  if (stranger === undefined) return;
  const names = PUBLISHED_MODELS.join(", ");
  throw new UsageError(t("eval.unknownPublished", { name: stranger, names }));
}
