import { basename, resolve } from "node:path";
import { Option, type Command } from "commander";
import { checkLoad, compareModels, type ModelComparison } from "@baichuan2/model";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import {
  addRunOptions,
  addSourceOptions,
  openDirectory,
  openModel,
  weightOptions,
  type ModelFlags,
} from "../model-options.ts";
import { formatCount, formatRows } from "../output/format.ts";
import { createComparisonProgress } from "../output/progress.ts";
import { parseCount } from "../sampling-options.ts";
import { commonTokenIds, type TextModels } from "../common-token-ids.ts";
import { readTextFile } from "../text-input.ts";
import { toJsonLine } from "../to-json-line.ts";

interface CompareFlags extends ModelFlags {
  readonly text?: string;
  readonly maxTokens: number;
  readonly window: number;
  readonly dtypeA: string;
  readonly json?: boolean;
}

/** What `compare --json` prints. */
export interface CompareReport extends ModelComparison {
  /** The models as the command line names them. */
  readonly model: { readonly a: string; readonly b: string };
  /** Most tokens of a window. */
  readonly window: number;
}

/** `baichuan2 compare`: how far a model is from a reference, such as quantized weights from the float32 ones. */
export function addCompareCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program
    .command("compare")
    .description(t("command.compare"))
    .argument("<a>", t("argument.reference"))
    .argument("[b]", t("argument.candidate"))
    .option("--text <file>", t("option.text"))
    .option("--max-tokens <n>", t("option.maxTokens"), parseCount, 1024)
    .option("--window <n>", t("option.window"), parseCount, 512)
    .addOption(new Option("--dtype-a <type>", t("option.dtypeA")).default("auto"))
    .option("--json", t("option.json"));
  addRunOptions(addSourceOptions(command, t), t).action(
    (a: string, b: string | undefined, flags: CompareFlags) => compare(cli, a, b ?? a, flags),
  );
}

async function compare(cli: Cli, a: string, b: string, flags: CompareFlags): Promise<void> {
  const { io, t } = cli;
  const { window, maxTokens } = flags;
  if (window < 2) throw new UsageError(t("error.shortWindow", { count: window }));
  const text = await readTextFile(cli, flags.text);
  const models = await checkModels(cli, a, b, flags);
  const { tokenizer, ...ids } = await commonTokenIds(cli, models, text, flags.tokenizer);
  const tokenIds = ids.tokenIds.slice(0, maxTokens);
  if (tokenIds.length < 2) throw new UsageError(t("error.shortText", { count: tokenIds.length }));

  using progress = createComparisonProgress(cli);
  const options = { trace: true, tokenizer };
  const comparison = await compareModels({
    openA: () => openModel(cli, models.a, options),
    openB: () => openModel(cli, models.b, options),
    tokenIds,
    window,
    signal: io.signal,
    onProgress: progress.update,
  });
  const report: CompareReport = { model: { a, b }, window, ...comparison };
  await write(io.stdout, flags.json ? toJsonLine(report) : describeComparison(cli, report));
}

/**
 * The flags of both models with their directories, after all that can be checked without reading weights: the second
 * model is loaded long after the first.
 */
async function checkModels(
  cli: Cli,
  a: string,
  b: string,
  flags: CompareFlags,
): Promise<TextModels> {
  const { threads, revision, offline, dtypeA, device, memoryCheck } = flags;
  const directoryA = await openDirectory(cli, { revision, offline, model: a });
  const directoryB = b === a ? directoryA : await openDirectory(cli, { ...flags, model: b });
  const models = {
    a: {
      model: directoryA,
      dtype: dtypeA,
      threads,
      device,
      ...(memoryCheck === false && { memoryCheck }),
    },
    b: { ...flags, model: directoryB },
  };
  const check = (one: ModelFlags & { readonly model: string }) =>
    checkLoad(one.model, {
      ...weightOptions(one),
      adapter: one.adapter,
      threads,
      signal: cli.io.signal,
    });
  const [configA, configB] = [await check(models.a), await check(models.b)];
  if (configA.vocabSize !== configB.vocabSize) {
    const sizes = { a: configA.vocabSize, b: configB.vocabSize };
    throw new UsageError(cli.t("error.vocabulariesDiffer", sizes));
  }
  return models;
}

/** A comparison for people. */
export function describeComparison({ t }: Cli, report: CompareReport): string {
  const { model, dtype, perplexity, klDivergence: kl, layers } = report;
  const counts = { tokens: report.tokens, windows: report.windows, window: report.window };
  const divergence = {
    mean: digits(kl.mean),
    median: digits(kl.median),
    p99: digits(kl.p99),
    max: digits(kl.max),
  };
  const sides = formatRows([
    ["", "A", "B"],
    [t("compare.model"), basename(resolve(model.a)), basename(resolve(model.b))],
    [t("compare.dtype"), dtype.a, dtype.b],
    [t("compare.perplexity"), perplexity.a.toPrecision(6), perplexity.b.toPrecision(6)],
  ]);
  const both = formatRows([
    [t("compare.divergence"), t("compare.divergenceValue", divergence)],
    [t("compare.agreement"), `${(100 * report.top1Agreement).toFixed(2)} %`],
    [t("compare.tokens"), t("compare.tokensValue", { ...counts, predictions: report.predictions })],
    [t("compare.vocabulary"), formatCount(report.vocabSize)],
  ]);
  const errors = layers.map(({ name, maxAbsError, relativeRmsError }) => [
    name,
    digits(maxAbsError),
    digits(relativeRmsError),
  ]);
  const head = [t("compare.layer"), t("compare.maxError"), t("compare.rmsError")];
  const tables = [sides, both, ...(errors.length > 0 ? [formatRows([head, ...errors])] : [])];
  return tables.join("\n");
}

const digits = (value: number): string => value.toPrecision(3);
