import { join } from "node:path";
import type { Command } from "commander";
import type { EvalOptionError, PythonRunner, RunPlan } from "@baichuan2/eval";
import { cacheDirectory } from "../cache-directory.ts";
import { UsageError } from "../exit-codes.ts";
import { note, write, type Cli } from "../io.ts";
import { programVersion } from "../program-version.ts";
import { parseCount } from "../sampling-options.ts";
import { chooseBenchmarks } from "./choose-benchmarks.ts";
import { addBenchmarkOptions, flagOf, parseShard, type BenchmarkFlags } from "./eval-flags.ts";
import { createEvalProgress } from "./eval-progress.ts";
import {
  addEvalModelOptions,
  findEvalModel,
  type EvalModelFlags,
  type EvalModelSource,
} from "./open-eval-model.ts";
import { printPlan } from "./print-plan.ts";
import {
  addReportOptions,
  checkPublished,
  writeReports,
  type ReportFlags,
} from "./write-reports.ts";

/** What the flags of a run leave in a command's options. */
export interface EvalRunFlags extends EvalModelFlags, BenchmarkFlags, ReportFlags {
  readonly data: string;
  readonly out?: string;
  readonly limit?: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly allowCodeExecution?: boolean;
  readonly python?: string;
  readonly cache: boolean;
  readonly dryRun?: boolean;
}

/** Adds all flags of a run but those of where it is written. */
export function addRunFlags(command: Command, cli: Cli): Command {
  const { t } = cli;
  return addEvalModelOptions(addBenchmarkOptions(command, t), t)
    .requiredOption("--data <dir>", t("option.evalDataDir"))
    .option("--limit <n>", t("option.limit"), parseCount)
    .option("--allow-code-execution", t("option.allowCode"))
    .option("--python <file>", t("option.python"))
    .option("--no-cache", t("option.noEvalCache"));
}

/** `baichuan2 eval run`: asks a model the questions of benchmarks. */
export function addEvalRunCommand(command: Command, cli: Cli): void {
  const { t } = cli;
  const run = command
    .command("run")
    .description(t("command.evalRun"))
    .argument("<benchmarks...>", t("argument.benchmarks"));
  addReportOptions(addRunFlags(run, cli), t)
    .option("--out <dir>", t("option.evalOut"))
    .option("--shard <r/N>", t("option.shard"), parseShard)
    .option("--dry-run", t("option.evalDryRun"))
    .action(async (names: readonly string[], flags: EvalRunFlags) => {
      await checkPublished(cli, flags);
      const source = await findEvalModel(cli, flags);
      const plan = await planFor(cli, names, flags, source);
      if (flags.dryRun) return printPlan(cli, plan, flags);
      const folder = flags.out ?? defaultFolder(source.name, flags);
      await runPlan(cli, { plan, source, folder, flags });
      await write(cli.io.stdout, await writeReports(cli, folder, flags));
    });
}

/** `eval-Baichuan2-7B-Base`, and `-1-of-4` for a shard. */
function defaultFolder(name: string, { shard }: EvalRunFlags): string {
  const part = shard ? `-${shard.index}-of-${shard.count}` : "";
  return `eval-${name.replaceAll(/[^\w.-]+/g, "-")}${part}`;
}

/** @throws {UsageError} for programs of a model that may not run. */
export async function planFor(
  cli: Cli,
  names: readonly string[],
  flags: Omit<EvalRunFlags, "out">,
  source: Pick<EvalModelSource, "name" | "fingerprint">,
): Promise<RunPlan> {
  const { io, t } = cli;
  const { benchmarks, planRun } = await import("@baichuan2/eval");
  const chosen = chooseBenchmarks(cli, benchmarks, names, flags);
  const programs = chosen.find(({ benchmark }) => benchmark.runsCode);
  if (programs && !flags.allowCodeExecution && !flags.dryRun)
    throw new UsageError(t("eval.codeNotAllowed", { name: programs.benchmark.name }));
  const choice = {
    benchmarks: chosen,
    dataDirectory: flags.data,
    limit: flags.limit,
    shard: flags.shard,
  };
  const plan = await planRun(source, choice, {
    version: programVersion(),
    signal: io.signal,
    onSkip: ({ name }, { message }) => note(io, t("eval.skipped", { name, message })),
  }).catch((error: unknown) => {
    throw asFlagError(error);
  });
  if (plan.samples.length === 0) throw new UsageError(t("eval.nothingToAsk"));
  return plan;
}

/** Errors of options name the flag. */
function asFlagError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "EvalOptionError") return error;
  const { option, expected, actual } = error as EvalOptionError;
  return new UsageError(`${flagOf(option)}: expected ${expected}, got ${actual}`);
}

/** A plan, who answers, and where that is written. */
interface PlannedRun {
  readonly plan: RunPlan;
  readonly source: EvalModelSource;
  readonly folder: string;
  readonly flags: Omit<EvalRunFlags, "out">;
}

/** Asks and grades, with progress on stderr; an abort tells how to go on. */
export async function runPlan(
  cli: Cli,
  { plan, source, folder, flags }: PlannedRun,
): Promise<void> {
  const { io, t } = cli;
  const { evaluate, remainingSamples, ResponseCache } = await import("@baichuan2/eval");
  if ((await remainingSamples(folder, plan)).length === 0) return note(io, t("eval.allAnswered"));
  await using stack = new AsyncDisposableStack();
  const python = flags.allowCodeExecution ? stack.use(await openPython(flags)) : undefined;
  // Who answers behind an address may be another one tomorrow.
  const isCached = flags.cache && flags.endpoint === undefined;
  const identity = `${programVersion()} ${source.fingerprint}`;
  const cache = isCached
    ? stack.use(await ResponseCache.open(join(cacheDirectory(io.env), "eval"), identity))
    : undefined;
  const model = stack.use(await source.open());
  using progress = createEvalProgress(cli);
  const options = { folder, concurrency: flags.parallel, cache, python, signal: io.signal };
  try {
    for await (const event of evaluate(model, plan, options)) progress.update(event);
  } catch (error) {
    progress[Symbol.dispose]();
    if (io.signal.aborted) note(io, t("eval.kept", { folder }));
    throw error;
  }
}

async function openPython({
  python,
}: Pick<EvalRunFlags, "python">): Promise<PythonRunner & AsyncDisposable> {
  const { createPythonRunner } = await import("@baichuan2/eval");
  return await createPythonRunner({ python });
}
