import { access } from "node:fs/promises";
import { join } from "node:path";
import { Option, type Command } from "commander";
import {
  loadModel,
  readGenerationConfig,
  readJsonFile,
  readModelConfig,
  resolveModel,
  type GenerationConfig,
  type LoadModelOptions,
  type Model,
  type WeightOptions,
} from "@baichuan2/model";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { fromFile } from "@baichuan2/tokenizer/node";
import { packedCacheDirectory } from "./cache-directory.ts";
import { engineOptions, type EngineFlags } from "./engine-options.ts";
import { UsageError } from "./exit-codes.ts";
import { note, type Cli } from "./io.ts";
import type { Translate } from "./messages/translate.ts";
import { createProgress } from "./output/progress.ts";
import { parseCount } from "./sampling-options.ts";

/** What the flags that name a model leave in a command's options. */
export interface ModelFlags extends EngineFlags {
  readonly model?: string;
  readonly tokenizer?: string;
  readonly adapter?: string;
  readonly threads?: number;
  readonly dtype?: string;
  readonly blockSize?: number;
  readonly exact?: boolean;
  readonly quantizeHead?: boolean;
  readonly headBits?: "8" | "4";
  readonly quantizeEmbeddings?: boolean;
  readonly packedCache?: boolean;
  readonly memoryCheck?: boolean;
  readonly device?: string;
  readonly revision?: string;
  readonly offline?: boolean;
}

/** Adds `--model`, `--tokenizer` and the flags that tell how to run. */
export function addModelOptions(command: Command, t: Translate): Command {
  return addRunOptions(addTokenizerOptions(command, t), t);
}

/** Adds the flags that tell how to run a model. */
export function addRunOptions(command: Command, t: Translate): Command {
  return command
    .option("--adapter <dir>", t("option.adapter"))
    .option("--threads <n>", t("option.threads"), parseCount)
    .addOption(new Option("--dtype <type>", t("option.dtype")).default("auto"))
    .option("--block-size <n>", t("option.blockSize"), parseCount)
    .option("--exact", t("option.exact"))
    .option("--quantize-head", t("option.quantizeHead"))
    .addOption(new Option("--head-bits <n>", t("option.headBits")).choices(["8", "4"]))
    .option("--quantize-embeddings", t("option.quantizeEmbeddings"))
    .option("--no-packed-cache", t("option.noPackedCache"))
    .option("--no-memory-check", t("option.noMemoryCheck"))
    .addOption(new Option("--device <device>", t("option.device")).default("auto"));
}

/** Adds the flags of commands that need no weights. */
export function addTokenizerOptions(command: Command, t: Translate): Command {
  return addSourceOptions(command.option("--model <dir|id>", t("option.model")), t);
}

/** Adds the flags that tell where a model's files come from, but not which model. */
export function addSourceOptions(command: Command, t: Translate): Command {
  return command
    .option("--tokenizer <file>", t("option.tokenizer"))
    .option("--revision <name>", t("option.revision"))
    .option("--offline", t("option.offline"));
}

/**
 * Loads the model that the flags name, with progress on stderr.
 *
 * @param options - What no flag of the user says.
 * @throws {UsageError} if they name none.
 */
export async function openModel(
  cli: Cli,
  flags: ModelFlags,
  options: Pick<LoadModelOptions, "trace" | "tokenizer" | "adapters"> = {},
): Promise<Model> {
  const directory = await openDirectory(cli, flags);
  using progress = createProgress(cli);
  return await loadModel(directory, {
    ...weightOptions(flags),
    threads: flags.threads,
    tokenizer: flags.tokenizer,
    adapter: flags.adapter,
    packedCacheDir: packedCacheDirectory(flags),
    ...engineOptions(flags),
    signal: cli.io.signal,
    onProgress: progress.update,
    ...options,
  });
}

/** What the flags say about number types, device and memory. */
export function weightOptions(
  flags: ModelFlags,
): WeightOptions & Pick<LoadModelOptions, "device" | "memoryLimitBytes"> {
  const { exact, headBits, quantizeEmbeddings } = flags;
  return {
    // Any text may stand on a command line; the loader names what it knows.
    dtype: flags.dtype as WeightOptions["dtype"],
    blockSize: flags.blockSize as WeightOptions["blockSize"],
    device: flags.device as LoadModelOptions["device"],
    exact,
    quantizeHead: headBits === undefined ? flags.quantizeHead : (Number(headBits) as 8 | 4),
    quantizeEmbeddings,
    memoryLimitBytes: flags.memoryCheck === false ? Infinity : undefined,
  };
}

/** The model's directory; an id is looked up, and downloaded if need be. */
export async function openDirectory(cli: Cli, flags: ModelFlags): Promise<string> {
  const { io, t } = cli;
  if (flags.model === undefined) throw new UsageError(t("error.noModel"));
  using progress = createProgress(cli);
  const { path, networkError } = await resolveModel(flags.model, {
    revision: flags.revision,
    offline: flags.offline,
    signal: io.signal,
    onProgress: (update) => progress.update({ phase: "download", ...update }),
  });
  if (networkError)
    note(io, t("error.prefix", { message: t("hub.cached", { reason: networkError.message }) }));
  return path;
}

/**
 * The tokenizer that the flags name: the file, or the one beside the model's weights.
 *
 * @throws {UsageError} if they name none.
 */
export async function openTokenizer(cli: Cli, flags: ModelFlags): Promise<Tokenizer> {
  const { io, t } = cli;
  if (flags.tokenizer === undefined && flags.model === undefined)
    throw new UsageError(t("error.noTokenizer"));
  const path = flags.tokenizer ?? join(await openDirectory(cli, flags), "tokenizer.model");
  return fromFile(path, { signal: io.signal });
}

/** What config.json and generation_config.json of a model say about its prompts. */
export async function readPromptDefaults(
  directory: string,
): Promise<{ generationConfig: GenerationConfig; modelMaxLength: number }> {
  const generationPath = join(directory, "generation_config.json");
  const modelPath = join(directory, "config.json");
  const { modelMaxLength } = readModelConfig(await readJsonFile(modelPath), modelPath);
  const generationConfig = readGenerationConfig(await readJsonFile(generationPath), generationPath);
  return { generationConfig, modelMaxLength };
}

/** Whether a file is there. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
