import { readModelConfig, type ModelConfig } from "../config.ts";
import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { Checkpoint, StateValue, TensorInfo } from "./checkpoint.ts";
import {
  readTensorBytes,
  readTensorFloat32,
  readTensorRowBytes,
  readTensorRows,
  type StoredTensor,
} from "./stored-tensor.ts";
import { readWeightIndex, type WeightIndex } from "./weight-index.ts";
import { readWeightsFile, refusePlaceholder, type OpenWeightsFile } from "./weights-file.ts";

/** The files of a checkpoint, wherever they are: a directory, a list of Files, a web address. */
export interface CheckpointFiles {
  /** Directory or address, for errors. */
  readonly path: string;
  /** Names of the files, links that lead nowhere included. */
  list(): Promise<readonly string[]>;
  /** @throws {CheckpointError} if there is no such file. */
  open(name: string, options?: ReadOptions): Promise<ByteSource>;
}

/** What is looked for, in the order of transformers: safetensors first, a single file before shards. */
const candidates = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
] as const;

/** config.json has 1 kB, an index of 13B 25 kB. */
const MAX_JSON_BYTES = 16 << 20;
/** Names listed in an error. */
const MAX_LISTED = 20;

/**
 * Opens a checkpoint over any kind of storage: reads config, index and the heads of all weight files, no weights.
 *
 * @throws {CheckpointError} if a file is missing, damaged or not a checkpoint's.
 */
export async function openCheckpointFiles(
  files: CheckpointFiles,
  options: ReadOptions = {},
): Promise<Checkpoint> {
  const names = await files.list();
  const config = await readConfig(files, names, options);
  const chosen = candidates.find((name) => names.includes(name));
  if (chosen === undefined) throw nothingFound(files, names);
  const index = chosen.endsWith(".index.json")
    ? readWeightIndex(await readText(files, chosen, options), join(files, chosen))
    : undefined;
  const shards = index?.shards ?? [chosen];
  refuseMissingShards(files, names, shards, chosen);

  const sources: ByteSource[] = [];
  try {
    const open: OpenWeightsFile[] = [];
    for (const name of shards) {
      const source = await files.open(name, options);
      sources.push(source);
      open.push(await readWeightsFile(source, name, options));
    }
    if (index) refuseOtherContents(join(files, chosen), index, open);
    return assemble(files.path, config, open, sources);
  } catch (error) {
    await Promise.all(sources.map((source) => source.close()));
    throw error;
  }
}

async function readConfig(
  files: CheckpointFiles,
  names: readonly string[],
  options: ReadOptions,
): Promise<ModelConfig> {
  const where = join(files, "config.json");
  if (!names.includes("config.json"))
    throw new CheckpointError(
      files.path,
      `expected config.json, got ${listed(names)} (not the directory of a model)`,
    );
  const text = await readText(files, "config.json", options);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(where, "expected JSON, got something else", { cause });
  }
  return readModelConfig(json, where);
}

async function readText(
  files: CheckpointFiles,
  name: string,
  options: ReadOptions,
): Promise<string> {
  const source = await files.open(name, options);
  try {
    if (source.size > MAX_JSON_BYTES)
      throw new CheckpointError(
        source.name,
        `expected at most ${MAX_JSON_BYTES} bytes, got ${source.size}`,
      );
    const bytes = await source.read(0, source.size, options);
    refusePlaceholder(source, bytes);
    return new TextDecoder().decode(bytes);
  } finally {
    await source.close();
  }
}

function refuseMissingShards(
  files: CheckpointFiles,
  names: readonly string[],
  shards: readonly string[],
  index: string,
): void {
  const missing = shards.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new CheckpointError(
      join(files, index),
      missing.map((name) => `expected the shard ${name} beside the index, got no such file`),
    );
}

/** Every key of the index must be in the file it names, and no key in two files. */
function refuseOtherContents(
  where: string,
  index: WeightIndex,
  open: readonly OpenWeightsFile[],
): void {
  const byName = new Map(open.map((file) => [file.name, file.contents]));
  const problems: string[] = [];
  for (const [key, name] of index.weightMap) {
    const contents = byName.get(name);
    if (!contents?.tensors.has(key) && !contents?.objects.has(key))
      problems.push(`expected tensor "${key}" in ${name}, got a file without it`);
  }
  if (problems.length > 0) throw new CheckpointError(where, problems);
}

function assemble(
  path: string,
  config: ModelConfig,
  open: readonly OpenWeightsFile[],
  sources: readonly ByteSource[],
): Checkpoint {
  const stored = new Map<string, StoredTensor>();
  const tensors = new Map<string, TensorInfo>();
  const objects = new Map<string, StateValue>();
  for (const { file, contents } of open) {
    for (const key of new Set([...contents.tensors.keys(), ...contents.objects.keys()])) {
      const first = tensors.get(key);
      if (first === undefined && !objects.has(key)) continue;
      throw new CheckpointError(
        file.path,
        `stands in two files${first ? `, also in ${first.file}` : ""}`,
        { tensor: key },
      );
    }
    for (const [key, tensor] of contents.nested) stored.set(key, tensor);
    for (const [key, tensor] of contents.tensors) {
      stored.set(key, tensor);
      tensors.set(key, tensor.info);
    }
    for (const [key, value] of contents.objects) objects.set(key, value);
  }
  const format = open[0]?.file.format === "safetensors" ? "safetensors" : "pytorch";
  const base = {
    path,
    config,
    format,
    files: open.map(({ file }) => file),
    tensors,
    objects,
  } as const;
  return { ...base, ...readersOf(path, stored, sources) };
}

type Readers = Pick<
  Checkpoint,
  "readBytes" | "readFloat32" | "readRows" | "readRowBytes" | typeof Symbol.asyncDispose
>;

function readersOf(
  path: string,
  stored: ReadonlyMap<string, StoredTensor>,
  sources: readonly ByteSource[],
): Readers {
  const find = (name: string): StoredTensor => {
    const tensor = stored.get(name);
    if (tensor) return tensor;
    throw new CheckpointError(path, "the checkpoint has no such tensor", { tensor: name });
  };
  return {
    readBytes: async (name, options) => readTensorBytes(find(name), options),
    readFloat32: async (name, options) => readTensorFloat32(find(name), options),
    readRows: (name, options) => readTensorRows(find(name), options),
    readRowBytes: (name, options) => readTensorRowBytes(find(name), options),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

function nothingFound(files: CheckpointFiles, names: readonly string[]): CheckpointError {
  const shard = names.find((name) => /-\d{5}-of-\d{5}\.(bin|safetensors)$/.test(name));
  const hint = shard
    ? `${shard} is a shard, but its index.json is missing; download that too`
    : names.includes("adapter_config.json")
      ? "this is a LoRA adapter; give the model it was trained on"
      : "download the weights too";
  return new CheckpointError(
    files.path,
    `expected weights in ${candidates.slice(0, -1).join(", ")} or ${candidates.at(-1)}, got ${listed(names)} (${hint})`,
  );
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "an empty directory";
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : "";
  return `only ${names.toSorted().slice(0, MAX_LISTED).join(", ")}${more}`;
}

function join(files: CheckpointFiles, name: string): string {
  return `${files.path.replace(/\/+$/, "")}/${name}`;
}
