import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { QuantizedRun } from "@baichuan2/eval";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { toJsonLine } from "../to-json-line.ts";
import { findEvalModel } from "./open-eval-model.ts";
import { addRunFlags, planFor, runPlan, type EvalRunFlags } from "./run-command.ts";
import { weightsBytes } from "./weights-bytes.ts";

interface QuantizationFlags extends EvalRunFlags {
  readonly out: string;
  readonly dtypes: string;
}

/** As stored, and what the README's table has beside it. */
const DTYPES = "auto,int8,nf4";

/** `baichuan2 eval quantization`: number types of a model beside each other. */
export function addEvalQuantizationCommand(command: Command, cli: Cli): void {
  const { t } = cli;
  const quantization = command
    .command("quantization")
    .description(t("command.evalQuantization"))
    .argument("<benchmarks...>", t("argument.benchmarks"));
  addRunFlags(quantization, cli)
    .requiredOption("--out <dir>", t("option.sweepOut"))
    .option("--json", t("option.json"))
    .option("--dtypes <names>", t("option.dtypes"), DTYPES)
    .action((names: readonly string[], flags: QuantizationFlags) => sweep(cli, names, flags));
}

async function sweep(cli: Cli, names: readonly string[], flags: QuantizationFlags): Promise<void> {
  const { language } = cli;
  if (flags.endpoint !== undefined) throw new UsageError(cli.t("eval.notOfEndpoint"));
  const { markdownQuantization, quantizationTable } = await import("@baichuan2/eval");
  const runs: QuantizedRun[] = [];
  for (const dtype of flags.dtypes.split(",")) {
    runs.push(await evaluateAs(cli, names, { ...flags, dtype }));
    await writeTables(cli, flags.out, runs); // what there is, after each
  }
  const table = quantizationTable(runs);
  const text = flags.json ? toJsonLine(table) : markdownQuantization(table, { language });
  await write(cli.io.stdout, text);
}

async function evaluateAs(
  cli: Cli,
  names: readonly string[],
  flags: QuantizationFlags & { readonly dtype: string },
): Promise<QuantizedRun> {
  const { readRun } = await import("@baichuan2/eval");
  const source = await findEvalModel(cli, flags);
  const plan = await planFor(cli, names, flags, source);
  const folder = join(flags.out, flags.dtype);
  await runPlan(cli, { plan, source, folder, flags });
  const bytes = await weightsBytes(cli, source.directory ?? "", flags);
  return { format: flags.dtype, bytes, run: await readRun(folder) };
}

async function writeTables(
  { language }: Cli,
  folder: string,
  runs: readonly QuantizedRun[],
): Promise<void> {
  const evaluation = await import("@baichuan2/eval");
  const table = evaluation.quantizationTable(runs);
  const files = {
    "quantization.md": evaluation.markdownQuantization(table, { language }),
    "quantization.csv": evaluation.csvQuantization(table),
    "quantization.html": evaluation.htmlQuantization(table, { language }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}
