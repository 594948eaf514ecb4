import type { Command } from "commander";
import { write, type Cli } from "../io.ts";
import { addReportOptions, writeReports, type ReportFlags } from "./write-reports.ts";

interface MergeFlags extends ReportFlags {
  readonly out: string;
}

/** `baichuan2 eval merge`: puts the shards of a run together. */
export function addEvalMergeCommand(command: Command, cli: Cli): void {
  const { t } = cli;
  const merge = command
    .command("merge")
    .description(t("command.evalMerge"))
    .argument("<runs...>", t("argument.runs"))
    .requiredOption("--out <dir>", t("option.evalOut"));
  addReportOptions(merge, t).action(async (runs: readonly string[], flags: MergeFlags) => {
    const { mergeRuns } = await import("@baichuan2/eval");
    await mergeRuns(runs, flags.out);
    await write(cli.io.stdout, await writeReports(cli, flags.out, flags));
  });
}
