import type { Command } from "commander";
import { write, type Cli } from "../io.ts";
import { addReportOptions, writeReports, type ReportFlags } from "./write-reports.ts";

/** `baichuan2 eval report`: writes the reports of a run anew, or of what there is of it. */
export function addEvalReportCommand(command: Command, cli: Cli): void {
  const { t } = cli;
  const report = command
    .command("report")
    .description(t("command.evalReport"))
    .argument("<run>", t("argument.run"));
  addReportOptions(report, t).action(async (folder: string, flags: ReportFlags) => {
    await write(cli.io.stdout, await writeReports(cli, folder, flags));
  });
}
