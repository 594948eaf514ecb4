import { existsSync } from "node:fs";
import { join } from "node:path";
import { fromFile } from "@baichuan2/tokenizer/node";
import type { Tokenizer } from "@baichuan2/tokenizer";
import {
  adapterSources,
  DEFAULT_ADAPTER,
  type AdaptersOptions,
} from "./adapter/adapter-options.ts";
import { checkLoadOptions } from "./check-load-options.ts";
import type { ModelConfig } from "./config.ts";
import { Engine } from "./engine/engine.ts";
import type { OpenEngineOptions } from "./engine/engine-thread.ts";
import { openSource } from "./engine/open-source.ts";
import type { EngineLimits, ModelSource } from "./engine/protocol.ts";
import type { OpenEngine } from "./engine/replaceable-engine.ts";
import { defaultGenerationConfig, readGenerationConfig } from "./generation-config.ts";
import { resolveModel, type ResolveModelOptions } from "./hub/resolve-model.ts";
import { requireMemory, requireMemoryFor } from "./memory/require-memory.ts";
import { Model } from "./model.ts";
import type { WeightOptions } from "./network/weight-plan.ts";
import { readJsonFile } from "./read-json-file.ts";
import { publishedConfig, type ShapeName } from "./shapes.ts";

/**
 * Options of `loadModel`. Those of `WeightOptions` tell how the weights are held in memory, those of `EngineLimits` how
 * many requests and tokens the model takes, those of `AdaptersOptions` which LoRA adapters; they are not merged into the
 * weights, and go with every number type.
 */
export interface LoadModelOptions
  extends Omit<ResolveModelOptions, "onProgress">, WeightOptions, EngineLimits, AdaptersOptions {
  /** Where to compute; "auto" is the CPU. */
  readonly device?: "auto" | "cpu" | undefined;
  /** Threads of one run; default: all physical cores. */
  readonly threads?: number | undefined;
  /** A tokenizer.model elsewhere than beside the weights, or one already loaded. */
  readonly tokenizer?: string | Tokenizer | undefined;
  /** Folder for the weights while they are mapped; needs as much space as the model in memory. Default: temporary folder. */
  readonly stagingDir?: string | undefined;
  /**
   * Folder that keeps quantized weights as the CPU's kernels want them: the first load takes about twice as long and the
   * space of the model, later ones map the file, in seconds, and processes share the memory. Default: none is kept.
   */
  readonly packedCacheDir?: string | undefined;
  /**
   * Memory that the model may take, in bytes: loading is refused with a `MemoryLimitError` where `estimate` says that it
   * needs more. Default: what is available. Infinity loads without a check.
   */
  readonly memoryLimitBytes?: number | undefined;
  /** For `Model.hiddenStates`, as in comparisons: every run also copies the states after each layer. */
  readonly trace?: boolean | undefined;
  /**
   * The tokens of a sequence do not depend on what else runs, bit for bit. Each sequence then runs alone: many at once take
   * as long as one after another. Default false.
   */
  readonly deterministic?: boolean | undefined;
  /** Called while files are downloaded and while weights are read. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** How far a load is. */
export interface LoadProgress {
  readonly phase: "download" | "load";
  /** File being downloaded. */
  readonly file?: string | undefined;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/**
 * Loads a model from a directory, or by its id from the Hugging Face hub (through the standard cache). Where the hub
 * cannot be reached and the cache has the model, the cache is used and a process warning ("HubWarning") tells so.
 *
 * ```ts
 * await using model = await loadModel("baichuan-inc/Baichuan2-7B-Chat");
 * for await (const text of model.chatStream([{ role: "user", content: "你好" }])) process.stdout.write(text);
 * ```
 *
 * @throws {HubError} if the id cannot be resolved.
 * @throws {CheckpointError} if files are missing, damaged or do not fit each other.
 * @throws {UnsupportedError} for a dtype or device that is not there, an option that would have no effect, or weights that
 *   are quantized already, to another dtype.
 * @throws {MemoryLimitError} if there is not enough memory, before weights are read.
 * @throws {AdapterError} if an adapter is made for another shape of model, or two have one name, or its scaled numbers are
 *   too large.
 */
export async function loadModel(dirOrId: string, options: LoadModelOptions = {}): Promise<Model> {
  checkLoadOptions(options);
  const { onProgress } = options;
  const { path, networkError } = await resolveModel(dirOrId, {
    ...options,
    onProgress: onProgress && ((progress) => onProgress({ phase: "download", ...progress })),
  });
  if (networkError) {
    const message = `${networkError.message} (using the files in the cache)`;
    process.emitWarning(message, { type: "HubWarning", code: networkError.code });
  }
  const configPath = join(path, "generation_config.json");
  const generationConfig = readGenerationConfig(await readJsonFile(configPath), configPath);
  const tokenizer = await openTokenizer(path, options);
  const open = engineOpener({ kind: "checkpoint", path }, options);
  const engine = await open(loadCallbacks(options));
  const defaultAdapter = defaultOf(options);
  return new Model({ path, engine, open, generationConfig, tokenizer, defaultAdapter });
}

/** Options of `loadSyntheticModel`: those of `loadModel` that are not about files. */
export interface LoadSyntheticOptions extends Omit<
  LoadModelOptions,
  Exclude<keyof ResolveModelOptions, "signal" | "onProgress"> | "tokenizer"
> {
  /** Default: those of the shape. */
  readonly layers?: number | undefined;
  /** Of the random weights. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * A model of a published size with random weights: real speed and memory, meaningless text.
 *
 * @throws {MemoryLimitError | UnsupportedError} as `loadModel` does.
 */
export async function loadSyntheticModel(
  shape: ShapeName,
  options: LoadSyntheticOptions = {},
): Promise<Model> {
  checkLoadOptions(options);
  const { layers, seed = 0 } = options;
  const config = publishedConfig(shape, layers);
  const open = engineOpener({ kind: "synthetic", config, seed }, options);
  return new Model({
    path: `synthetic ${shape}`,
    engine: await open(loadCallbacks(options)),
    open,
    generationConfig: defaultGenerationConfig,
    defaultAdapter: defaultOf(options),
  });
}

/** Options of `checkLoad`: those of `loadModel` that decide whether it can be loaded. */
export type CheckLoadOptions = WeightOptions &
  Pick<
    LoadModelOptions,
    | ("device" | "threads" | "signal" | "stagingDir" | "packedCacheDir")
    | ("memoryLimitBytes" | "maxSlots" | "trace" | "adapter" | "adapters")
  >;

/**
 * Checks that a model can be loaded as the options say, from the heads of its files: what is there, of which shape, and
 * how it is stored. Reads no weights.
 *
 * @param directory - Of the model; `resolveModel` gives that of an id.
 * @returns its config.
 * @throws {CheckpointError | MemoryLimitError | UnsupportedError} as `loadModel` would.
 */
export async function checkLoad(
  directory: string,
  options: CheckLoadOptions = {},
): Promise<ModelConfig> {
  checkLoadOptions(options);
  const { threads, signal } = options;
  const source = { kind: "checkpoint", path: directory } as const;
  await using open = await openSource(source, { threads, weights: options }, signal);
  const adapters = adapterSources(options);
  await requireMemoryFor(open, { ...options, adapters, weights: options });
  return open.config;
}

/**
 * How to start an engine with those of a load's options that are the engine's, and other weights if wanted, where memory
 * can hold it. Signal and progress are those of one load, and not of a later `quantize`.
 */
function engineOpener(source: ModelSource, options: LoadModelOptions): OpenEngine {
  const { dtype, blockSize, exact, quantizeHead, quantizeEmbeddings } = options;
  const weights = { dtype, blockSize, exact, quantizeHead, quantizeEmbeddings };
  const { threads, stagingDir, packedCacheDir, trace, deterministic } = options;
  const { maxSequences, maxWaiting, maxSlots, prefixCacheSlots, interleaveRows } = options;
  const limits = { maxSequences, maxWaiting, maxSlots, prefixCacheSlots, interleaveRows };
  const { memoryLimitBytes } = options;
  const adapters = adapterSources(options);
  return async (other = {}) => {
    const all = {
      ...limits,
      threads,
      stagingDir,
      packedCacheDir,
      trace,
      deterministic,
      adapters,
      ...other,
      weights: { ...weights, ...other.weights },
    };
    await requireMemory(source, { ...all, memoryLimitBytes });
    return Engine.open(source, all);
  };
}

/** Name of the adapter of requests that name none. */
function defaultOf({ adapter }: LoadModelOptions): string | undefined {
  return adapter === undefined ? undefined : DEFAULT_ADAPTER;
}

/** What belongs to the first load alone. */
function loadCallbacks({
  signal,
  onProgress,
}: LoadModelOptions): Pick<OpenEngineOptions, "signal" | "onProgress"> {
  const report = (doneBytes: number, totalBytes: number): void =>
    onProgress?.({ phase: "load", doneBytes, totalBytes });
  return { signal, onProgress: onProgress && report };
}

async function openTokenizer(
  directory: string,
  { tokenizer, signal }: LoadModelOptions,
): Promise<Tokenizer | undefined> {
  if (tokenizer !== undefined && typeof tokenizer !== "string") return tokenizer;
  const options = signal ? { signal } : {};
  if (tokenizer !== undefined) return fromFile(tokenizer, options);
  const path = join(directory, "tokenizer.model");
  return existsSync(path) ? fromFile(path, options) : undefined;
}
