import type { Command } from "commander";
import type { Benchmark, DataCheck } from "@baichuan2/eval";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { formatCount } from "../output/format.ts";
import { toJsonLine } from "../to-json-line.ts";
import { namedBenchmarks } from "./choose-benchmarks.ts";

interface DataFlags {
  readonly list?: boolean;
  readonly check?: string;
  readonly json?: boolean;
}

/** Most files that are named one by one. */
const MAX_NAMED = 5;

/** `baichuan2 eval data`: where the data comes from, and whether what is there is right. */
export function addEvalDataCommand(
  command: Command,
  cli: Cli,
  setExitCode: (code: number) => void,
): void {
  const { t } = cli;
  command
    .command("data")
    .description(t("command.evalData"))
    .argument("[benchmarks...]", t("argument.benchmarks"))
    .option("--list", t("option.dataList"))
    .option("--check <dir>", t("option.dataCheck"))
    .option("--json", t("option.json"))
    .action(async (names: readonly string[], flags: DataFlags) => {
      if ((flags.list === true) === (flags.check !== undefined))
        throw new UsageError(t("eval.listOrCheck"));
      const { benchmarks } = await import("@baichuan2/eval");
      const chosen = namedBenchmarks(cli, benchmarks, names);
      if (flags.check === undefined) return listSources(cli, chosen, flags);
      if (!(await checkAll(cli, chosen, flags.check, flags))) setExitCode(exitCodes.integrity);
    });
}

async function listSources(
  { io, language, t }: Cli,
  benchmarks: readonly Benchmark[],
  { json }: DataFlags,
): Promise<void> {
  if (json) {
    const all = benchmarks.map(({ name, folder = name, source, files }) => ({
      name,
      folder,
      source,
      files,
    }));
    return write(io.stdout, toJsonLine(all));
  }
  const parts = benchmarks.map(({ name, title, folder = name, source, files }) => {
    const { url, steps, licence, restriction } = source;
    const limits = restriction === undefined ? "" : ` (${restriction[language]})`;
    const count = t("eval.files", { count: formatCount(files.length), folder });
    return `${name}: ${title[language]}\n  ${url}\n  ${steps[language]}\n  ${licence}${limits}\n  ${count}\n`;
  });
  await write(io.stdout, parts.join("\n"));
}

/** @returns whether all of it can be asked. */
async function checkAll(
  { io, t }: Cli,
  benchmarks: readonly Benchmark[],
  directory: string,
  { json }: DataFlags,
): Promise<boolean> {
  const { checkData } = await import("@baichuan2/eval");
  let isRight = true;
  for (const benchmark of benchmarks) {
    const check = await checkData(benchmark, directory, io.signal);
    isRight &&=
      check.error === undefined && check.missing.length === 0 && check.changed.length === 0;
    await write(io.stdout, json ? toJsonLine(check) : describeCheck(t, check));
  }
  return isRight;
}

function describeCheck(t: Cli["t"], check: DataCheck): string {
  const { benchmark, found, missing, changed, verified, samples, error } = check;
  const counts = Object.values(samples);
  const questions = formatCount(counts.reduce((sum, count) => sum + count, 0));
  const lines = [
    error ?? t("eval.canAsk", { questions, tasks: formatCount(counts.length) }),
    t("eval.foundFiles", { found: formatCount(found), verified: formatCount(verified) }),
    ...(missing.length === 0 ? [] : [t("eval.missing", { files: named(missing) })]),
    ...(changed.length === 0 ? [] : [t("eval.changed", { files: named(changed) })]),
  ];
  return `${benchmark}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function named(files: readonly string[]): string {
  const more = files.length > MAX_NAMED ? ` … (${formatCount(files.length)})` : "";
  return files.slice(0, MAX_NAMED).join(", ") + more;
}
