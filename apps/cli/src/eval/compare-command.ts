import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { write, type Cli } from "../io.ts";
import { toJsonLine } from "../to-json-line.ts";

interface CompareFlags {
  readonly html?: string;
  readonly json?: boolean;
}

/** `baichuan2 eval compare`: two runs, question by question, with paired tests. */
export function addEvalCompareCommand(command: Command, cli: Cli): void {
  const { t } = cli;
  command
    .command("compare")
    .description(t("command.evalCompare"))
    .argument("<a>", t("argument.runA"))
    .argument("<b>", t("argument.runB"))
    .option("--html <file>", t("option.compareHtml"))
    .option("--json", t("option.json"))
    .action((a: string, b: string, flags: CompareFlags) => compare(cli, a, b, flags));
}

async function compare(
  { io, language }: Cli,
  a: string,
  b: string,
  { html, json }: CompareFlags,
): Promise<void> {
  const { compareRuns, htmlDiff, markdownDiff, readRun } = await import("@baichuan2/eval");
  const comparison = compareRuns(await readRun(a), await readRun(b));
  if (html !== undefined) await writeFile(html, htmlDiff(comparison, { language }));
  const text = json ? toJsonLine(comparison) : markdownDiff(comparison, { language });
  await write(io.stdout, text);
}
