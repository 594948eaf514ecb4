import { Option, type Command } from "commander";
import {
  availableMemory,
  CheckpointError,
  estimate,
  estimateCheckpoint,
  openCheckpoint,
  publishedConfig,
  type EstimateOptions,
  type MemoryEstimate,
  type ShapeName,
  type WeightDtype,
} from "@baichuan2/model";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { weightDtypes } from "../memory-estimates.ts";
import { openDirectory, weightOptions, type ModelFlags } from "../model-options.ts";
import { formatBytes, formatRows } from "../output/format.ts";
import { parseCount } from "../sampling-options.ts";
import { toJsonLine } from "../to-json-line.ts";

interface EstimateFlags extends ModelFlags {
  readonly shape?: ShapeName;
  readonly context?: number;
  readonly batch: number;
  readonly prefillRows?: number;
  readonly json?: boolean;
}

/** What `estimate --json` prints; everything in bytes. */
interface EstimateReport {
  /** "7b", "13b", or the model's directory. */
  readonly model: string;
  readonly context: number;
  readonly batch: number;
  /** Memory that is available now. */
  readonly availableBytes: number;
  /** One for each number type that the model can be loaded as, or for the one of `--dtype`. */
  readonly estimates: readonly MemoryEstimate[];
}

/** What is to be estimated, apart from the number type. */
interface Estimated {
  readonly model: string;
  readonly modelMaxLength: number;
  /** @throws {UnsupportedError | CheckpointError} if the model cannot be loaded so. */
  readonly as: (options: Omit<EstimateOptions, "variant">) => Promise<MemoryEstimate>;
}

/** `baichuan2 estimate`: memory and disk space that a model takes, before anything is loaded. */
export function addEstimateCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  program
    .command("estimate")
    .description(t("command.estimate"))
    .argument("[model]", t("argument.model"))
    .option("--model <dir|id>", t("option.estimateModel"))
    .option("--revision <name>", t("option.revision"))
    .addOption(new Option("--shape <size>", t("option.estimateShape")).choices(["7b", "13b"]))
    .addOption(new Option("--dtype <type>", t("option.estimateDtype")).choices(weightDtypes))
    .addOption(new Option("--block-size <n>", t("option.blockSize")).choices(["32", "64", "128"]))
    .option("--exact", t("option.exact"))
    .option("--quantize-head", t("option.quantizeHead"))
    .addOption(new Option("--head-bits <n>", t("option.headBits")).choices(["8", "4"]))
    .option("--quantize-embeddings", t("option.quantizeEmbeddings"))
    .option("--context <n>", t("option.context"), parseCount)
    .option("--batch <n>", t("option.batch"), parseCount, 1)
    .option("--prefill-rows <n>", t("option.prefillRows"), parseCount)
    .option("--json", t("option.json"))
    .action((model: string | undefined, flags: EstimateFlags) =>
      runEstimate(cli, model === undefined ? flags : { ...flags, model }),
    );
}

async function runEstimate(cli: Cli, flags: EstimateFlags): Promise<void> {
  const { model, shape } = flags;
  if (model === undefined && shape === undefined) throw new UsageError(cli.t("error.noBenchModel"));
  if (model !== undefined && shape !== undefined)
    throw new UsageError(cli.t("error.shapeAndModel"));
  const report = shape ? await reportOf(ofShape(shape), flags) : await reportOfFiles(cli, flags);
  await write(cli.io.stdout, flags.json ? toJsonLine(report) : describe(cli, report));
}

/** Looks an id up in the cache only: nobody downloads a model to learn that it does not fit. */
async function reportOfFiles(cli: Cli, flags: EstimateFlags): Promise<EstimateReport> {
  const directory = await openDirectory(cli, { ...flags, offline: true });
  await using checkpoint = await openCheckpoint(directory, { signal: cli.io.signal });
  const { modelMaxLength } = checkpoint.config;
  const as: Estimated["as"] = (options) => estimateCheckpoint(checkpoint, options);
  return await reportOf({ model: directory, modelMaxLength, as }, flags);
}

function ofShape(shape: ShapeName): Estimated {
  const { modelMaxLength } = publishedConfig(shape);
  return {
    model: shape,
    modelMaxLength,
    as: async (options) => estimate({ ...options, variant: shape }),
  };
}

async function reportOf(
  { model, modelMaxLength, as }: Estimated,
  flags: EstimateFlags,
): Promise<EstimateReport> {
  const { context = modelMaxLength, batch, prefillRows } = flags;
  const { blockSize, exact, quantizeHead, quantizeEmbeddings } = weightOptions(flags);
  const weights = { exact, quantizeHead, quantizeEmbeddings };
  const sizes = { context, batch, prefillRows };
  const options = {
    ...weights,
    ...sizes,
    blockSize: blockSize && (Number(blockSize) as typeof blockSize),
  };
  const estimates =
    flags.dtype === undefined
      ? await possible((dtype) => as({ ...options, dtype }))
      : [await as({ ...options, dtype: flags.dtype as WeightDtype })];
  return { model, context, batch, availableBytes: availableMemory(), estimates };
}

/** Estimates of the number types that the model can be loaded as; the first reason where it can be loaded as none. */
async function possible(
  as: (dtype: WeightDtype) => Promise<MemoryEstimate>,
): Promise<MemoryEstimate[]> {
  const results = await Promise.allSettled(weightDtypes.map(as));
  for (const result of results)
    if (result.status === "rejected" && !isRefusal(result.reason)) throw result.reason;
  const estimates = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const [first] = results;
  if (estimates.length === 0 && first?.status === "rejected") throw first.reason;
  return estimates;
}

/** Whether another number type might do. */
function isRefusal(error: unknown): boolean {
  if (error instanceof CheckpointError) return true;
  return error instanceof Error && "code" in error && error.code === "ERR_UNSUPPORTED";
}

function describe({ t }: Cli, report: EstimateReport): string {
  const { model, context, batch, availableBytes, estimates } = report;
  const facts = formatRows([
    [t("estimate.model"), model],
    [t("estimate.sequences"), t("estimate.sizes", { batch, context })],
    [t("estimate.available"), formatBytes(availableBytes)],
  ]);
  const columns = ["dtype", "weights", "cache", "work", "running", "embeddings"] as const;
  const running = estimates.map((one) => [
    one.dtype,
    ...[one.weightsBytes, one.cacheBytes, one.workBytes].map(formatBytes),
    ...[one.runningBytes, one.embeddingsBytes].map(formatBytes),
  ]);
  const kinds = ["dtype", "load", "disk", "firstLoad", "disk", "laterLoad", "disk"] as const;
  const loading = estimates.map(({ dtype, load, packedCache }) => [
    dtype,
    ...[load, packedCache?.first, packedCache?.later].flatMap((one) =>
      one ? [formatBytes(one.peakBytes), formatBytes(one.diskBytes)] : ["-", "-"],
    ),
  ]);
  const table = (keys: readonly (typeof columns | typeof kinds)[number][], rows: string[][]) =>
    formatRows([keys.map((key) => t(`estimate.${key}`)), ...rows]);
  return [facts, table(columns, running), table(kinds, loading)].join("\n");
}
