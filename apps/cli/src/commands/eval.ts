import type { Command } from "commander";
import { addEvalCheckpointsCommand } from "../eval/checkpoints-command.ts";
import { addEvalCompareCommand } from "../eval/compare-command.ts";
import { addEvalDataCommand } from "../eval/data-command.ts";
import { addEvalListCommand } from "../eval/list-command.ts";
import { addEvalMergeCommand } from "../eval/merge-command.ts";
import { addEvalQuantizationCommand } from "../eval/quantization-command.ts";
import { addEvalReportCommand } from "../eval/report-command.ts";
import { addEvalRunCommand } from "../eval/run-command.ts";
import type { Cli } from "../io.ts";

/** `baichuan2 eval`: benchmarks, runs and their reports. */
export function addEvalCommand(
  program: Command,
  cli: Cli,
  setExitCode: (code: number) => void,
): void {
  const { t } = cli;
  const command = program.command("eval").description(t("command.eval"));
  addEvalListCommand(command, cli);
  addEvalDataCommand(command, cli, setExitCode);
  addEvalRunCommand(command, cli);
  addEvalReportCommand(command, cli);
  addEvalMergeCommand(command, cli);
  addEvalCompareCommand(command, cli);
  addEvalCheckpointsCommand(command, cli);
  addEvalQuantizationCommand(command, cli);
  for (const one of command.commands) one.helpOption("-h, --help", t("option.help"));
}
