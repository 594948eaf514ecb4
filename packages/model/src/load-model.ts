import { existsSync } from "node:fs";
import { join } from "node:path";
import { UnsupportedError } from "@baichuan2/kernels";
import { fromFile } from "@baichuan2/tokenizer/node";
import type { Tokenizer } from "@baichuan2/tokenizer";
import { Engine } from "./engine/engine.ts";
import type { ModelSource } from "./engine/protocol.ts";
import { defaultGenerationConfig, readGenerationConfig } from "./generation-config.ts";
import { resolveModel, type ResolveModelOptions } from "./hub/resolve-model.ts";
import { Model } from "./model.ts";
import { readJsonFile } from "./read-json-file.ts";
import { publishedConfig, type ShapeName } from "./shapes.ts";

/** Options of `loadModel`. */
export interface LoadModelOptions extends Omit<ResolveModelOptions, "onProgress"> {
  /** Number type of the weights in memory; "auto" is float32, the only one of the CPU backend so far. */
  readonly dtype?: "auto" | "float32" | undefined;
  /** Where to compute; "auto" is the CPU. */
  readonly device?: "auto" | "cpu" | undefined;
  /** Threads of one run; default: all physical cores. */
  readonly threads?: number | undefined;
  /** A tokenizer.model elsewhere than beside the weights, or one already loaded. */
  readonly tokenizer?: string | Tokenizer | undefined;
  /** Folder for float32 weights while they are mapped; needs as much space as the model. Default: temporary folder. */
  readonly stagingDir?: string | undefined;
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
 * @throws {UnsupportedError} for a dtype or device that is not there.
 */
export async function loadModel(dirOrId: string, options: LoadModelOptions = {}): Promise<Model> {
  checkSupported(options);
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
  const engine = await openEngine({ kind: "checkpoint", path }, options);
  return new Model({ path, engine, generationConfig, tokenizer });
}

/** A model of a published size with random weights: real speed and memory, meaningless text. */
export async function loadSyntheticModel(
  shape: ShapeName,
  options: Pick<
    LoadModelOptions,
    "dtype" | "device" | "threads" | "signal" | "stagingDir" | "onProgress"
  > & {
    readonly layers?: number | undefined;
    readonly seed?: number | undefined;
  } = {},
): Promise<Model> {
  checkSupported(options);
  const { layers, seed = 0 } = options;
  const config = publishedConfig(shape, layers);
  const engine = await openEngine({ kind: "synthetic", config, seed }, options);
  return new Model({
    path: `synthetic ${shape}`,
    engine,
    generationConfig: defaultGenerationConfig,
  });
}

function checkSupported({ dtype = "auto", device = "auto", threads = 1 }: LoadModelOptions): void {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UnsupportedError("loadModel", `threads ${threads}`, "give an integer of at least 1");
  }
  if (!["auto", "float32"].includes(dtype)) {
    throw new UnsupportedError("loadModel", `dtype "${dtype}"`, 'use "float32" or "auto"');
  }
  if (!["auto", "cpu"].includes(device)) {
    throw new UnsupportedError("loadModel", `device "${device}"`, 'use "cpu" or "auto"');
  }
}

/** Starts an engine with those of a load's options that are the engine's. */
function openEngine(
  source: ModelSource,
  { signal, threads, stagingDir, onProgress }: LoadModelOptions,
): Promise<Engine> {
  return Engine.open(source, {
    signal,
    threads,
    stagingDir,
    onProgress:
      onProgress &&
      ((doneBytes, totalBytes) => onProgress({ phase: "load", doneBytes, totalBytes })),
  });
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
