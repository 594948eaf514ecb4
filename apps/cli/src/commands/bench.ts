import { availableParallelism } from "node:os";
import { basename, resolve } from "node:path";
import { Option, type Command } from "commander";
import { loadSyntheticModel, type Model, type ShapeName } from "@baichuan2/model";
import { packedCacheDirectory } from "../cache-directory.ts";
import { engineOptions } from "../engine-options.ts";
import { UsageError } from "../exit-codes.ts";
import { write, type Cli } from "../io.ts";
import { measureRound, promptOfRound, type Round } from "../measurement.ts";
import { addModelOptions, openModel, weightOptions, type ModelFlags } from "../model-options.ts";
import { createProgress } from "../output/progress.ts";
import { parseCount } from "../sampling-options.ts";
import { toJsonLine } from "../to-json-line.ts";
import { benchRates, describeBench, type BenchReport } from "./bench-report.ts";

interface BenchFlags extends ModelFlags {
  readonly shape?: ShapeName;
  readonly layers?: number;
  readonly promptTokens: number;
  readonly newTokens: number;
  readonly rounds: number;
  readonly parallel: number;
  readonly speculative?: boolean;
  readonly json?: boolean;
}

/** `baichuan2 bench`: speed and memory of a model, or of random weights of a published size. */
export function addBenchCommand(program: Command, cli: Cli): void {
  const { t } = cli;
  const command = program.command("bench").description(t("command.bench"));
  addModelOptions(command, t)
    .addOption(new Option("--shape <size>", t("option.shape")).choices(["7b", "13b"]))
    .option("--layers <n>", t("option.layers"), parseCount)
    .option("--prompt-tokens <n>", t("option.promptTokens"), parseCount, 128)
    .option("--new-tokens <n>", t("option.newTokens"), parseCount, 32)
    .option("--rounds <n>", t("option.rounds"), parseCount, 3)
    .option("--parallel <n>", t("option.streams"), parseCount, 1)
    .addOption(new Option("--speculative", t("option.speculative")).conflicts("deterministic"))
    .option("--deterministic", t("option.deterministic"))
    .option("--max-slots <n>", t("option.maxSlots"), parseCount)
    .option("--json", t("option.json"))
    .action((flags: BenchFlags) => bench(cli, flags));
}

async function bench(cli: Cli, flags: BenchFlags): Promise<void> {
  const { io } = cli;
  checkFlags(cli, flags);
  // Set and not left to the runtime, whose choice cannot be asked for.
  const threads = flags.threads ?? availableParallelism();
  const start = performance.now();
  await using model = await openBenchModel(cli, { ...flags, threads });
  const loadSeconds = (performance.now() - start) / 1e3;
  const loaded = await model.stats();
  const rounds = await measureRounds(model, flags, io.signal);
  const ran = await model.stats();

  const { blockSize, exact, quantizeHead, quantizeEmbeddings } = weightOptions(flags);
  const report: BenchReport = {
    shape: flags.shape ?? basename(resolve(flags.model ?? "")),
    dtype: model.dtype,
    weights: { blockSize, exact, quantizeHead, quantizeEmbeddings },
    threads,
    layers: model.config.numHiddenLayers,
    promptTokens: flags.promptTokens,
    newTokens: flags.newTokens,
    rounds: flags.rounds,
    parallel: flags.parallel,
    speculative: flags.speculative ?? false,
    deterministic: flags.deterministic ?? false,
    loadSeconds,
    ...benchRates(rounds, flags.promptTokens * flags.parallel),
    drafts: ran.drafts,
    loadedRssBytes: loaded.rssBytes,
    rssBytes: ran.rssBytes,
    loadedAnonymousBytes: loaded.anonymousBytes ?? null,
    anonymousBytes: ran.anonymousBytes ?? null,
  };
  await write(io.stdout, flags.json ? toJsonLine(report) : describeBench(cli, report));
}

function checkFlags({ t }: Cli, { shape, model, layers }: BenchFlags): void {
  if (shape === undefined && model === undefined) throw new UsageError(t("error.noBenchModel"));
  if (shape !== undefined && model !== undefined) throw new UsageError(t("error.shapeAndModel"));
  if (layers !== undefined && shape === undefined) throw new UsageError(t("error.layersNeedShape"));
}

async function openBenchModel(cli: Cli, flags: BenchFlags): Promise<Model> {
  const { shape, layers, threads, parallel: maxSequences } = flags;
  // No round may find the prompt of another.
  const given = { ...flags, prefixCacheSlots: 0, maxSequences };
  if (shape === undefined) return openModel(cli, given);
  using progress = createProgress(cli);
  const options = {
    ...weightOptions(flags),
    ...engineOptions(given),
    layers,
    threads,
    adapter: flags.adapter,
    packedCacheDir: packedCacheDirectory(flags),
    signal: cli.io.signal,
    onProgress: progress.update,
  };
  return await loadSyntheticModel(shape, options);
}

async function measureRounds(
  model: Model,
  flags: BenchFlags,
  signal: AbortSignal,
): Promise<Round[]> {
  const { promptTokens, newTokens, rounds, parallel, speculative } = flags;
  const { vocabSize } = model.config;
  const promptsOf = (round: number): number[][] =>
    Array.from({ length: parallel }, (_, stream) =>
      promptOfRound(round * parallel + stream, promptTokens, vocabSize),
    );
  // First runs allocate and page in; they count for nothing.
  await measureRound(model, promptsOf(rounds), { newTokens: 2, speculative, signal });
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++)
    measured.push(await measureRound(model, promptsOf(round), { newTokens, speculative, signal }));
  return measured;
}
