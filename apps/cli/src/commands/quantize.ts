import { resolve } from "node:path";
import type { Command } from "commander";
import {
  compareModels,
  quantizeCheckpoint,
  type QuantizeCheckpointOptions,
  type QuantizeReport,
} from "@baichuan2/model";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { commonTokenIds } from "../common-token-ids.ts";
import { UsageError } from "../exit-codes.ts";
import { note, write, type Cli } from "../io.ts";
import {
  addTokenizerOptions,
  openDirectory,
  openModel,
  type ModelFlags,
} from "../model-options.ts";
import { createComparisonProgress, createWriteProgress } from "../output/progress.ts";
import { parseCount } from "../sampling-options.ts";
import { readTextFile } from "../text-input.ts";
import { toJsonLine } from "../to-json-line.ts";
import { describeComparison, type CompareReport } from "./compare.ts";
import { describeQuantization } from "./describe-quantization.ts";

interface QuantizeFlags extends ModelFlags {
  readonly format?: string;
  readonly report?: boolean;
  readonly text?: string;
  readonly json?: boolean;
}

/** Tokens of the text to compare on, and of a window: `compare`'s own. */
const MAX_TOKENS = 1024;
const WINDOW = 512;

/** `baichuan2 quantize`: writes a quantized copy of a checkpoint. */
export function addQuantizeCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("quantize")
    .description(t("command.quantize"))
    .argument("<out>", t("argument.out"))
    .option("--format <format>", t("option.format"))
    .option("--block-size <n>", t("option.blockSize"), parseCount)
    .option("--threads <n>", t("option.quantizeThreads"), parseCount)
    .option("--report", t("option.report"))
    .option("--text <file>", t("option.reportText"))
    .option("--json", t("option.json"));
  addTokenizerOptions(command, t).action((out: string, flags: QuantizeFlags) =>
    quantize(cli, out, flags),
  );
}

async function quantize(cli: Cli, out: string, flags: QuantizeFlags): Promise<void> {
  const { io, t } = cli;
  if (flags.format === undefined) throw new UsageError(t("error.noFormat"));
  if (flags.text !== undefined && !flags.report) throw new UsageError(t("error.textNeedsReport"));
  const source = await openDirectory(cli, flags);
  // Before the long work: a text that cannot be used is better refused now.
  const text = flags.text === undefined ? undefined : await readIds(cli, source, flags);
  const written = await writeQuantized(cli, source, out, flags);
  const comparison = text && (await compareWithSource(cli, source, out, flags, text));
  if (flags.json) {
    const { linears, ...facts } = written;
    const report = { model: source, out, ...facts, ...(flags.report && { linears }) };
    await write(io.stdout, toJsonLine({ ...report, ...(comparison && { comparison }) }));
    return;
  }
  const tables = [describeQuantization(t, source, out, written)];
  if (comparison) tables.push(describeComparison(cli, comparison));
  await write(io.stdout, tables.join("\n"));
}

async function writeQuantized(
  cli: Cli,
  source: string,
  out: string,
  { format, blockSize, report, threads }: QuantizeFlags,
): Promise<QuantizeReport> {
  const { signal } = cli.io;
  using progress = createWriteProgress(cli, "progress.quantize");
  // Any text may stand on a command line; the library names what it knows.
  const kind = { format, blockSize } as Pick<QuantizeCheckpointOptions, "format" | "blockSize">;
  const onProgress = progress.update;
  try {
    return await quantizeCheckpoint(source, out, { ...kind, report, threads, signal, onProgress });
  } catch (error) {
    progress[Symbol.dispose]();
    if (signal.aborted) note(cli.io, cli.t("quantize.kept", { path: `${resolve(out)}.partial` }));
    throw error;
  }
}

interface TextIds {
  readonly tokenIds: readonly number[];
  readonly tokenizer: Tokenizer;
}

async function readIds(cli: Cli, source: string, flags: QuantizeFlags): Promise<TextIds> {
  const text = await readTextFile(cli, flags.text);
  const models = { a: { model: source }, b: { model: source } };
  const { tokenIds, tokenizer } = await commonTokenIds(cli, models, text, flags.tokenizer);
  if (tokenIds.length < 2)
    throw new UsageError(cli.t("error.shortText", { count: tokenIds.length }));
  return { tokenIds: tokenIds.slice(0, MAX_TOKENS), tokenizer };
}

async function compareWithSource(
  cli: Cli,
  source: string,
  out: string,
  { threads }: QuantizeFlags,
  { tokenIds, tokenizer }: TextIds,
): Promise<CompareReport> {
  using progress = createComparisonProgress(cli);
  const options = { trace: true, tokenizer };
  const comparison = await compareModels({
    openA: () => openModel(cli, { model: source, threads }, options),
    openB: () => openModel(cli, { model: resolve(out), threads }, options),
    tokenIds,
    window: WINDOW,
    signal: cli.io.signal,
    onProgress: progress.update,
  });
  return { model: { a: source, b: out }, window: WINDOW, ...comparison };
}
