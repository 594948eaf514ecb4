import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { openFileSource } from "./node-file-source.ts";
import { openCheckpointFiles } from "./open-checkpoint-files.ts";

/**
 * Opens the checkpoint in a directory. Reads config, index and the heads of the weight files; weights are read on demand.
 *
 * ```ts
 * await using checkpoint = await openCheckpoint("Baichuan2-7B-Chat");
 * const norm = await checkpoint.readFloat32("model.norm.weight");
 * ```
 *
 * @param directory - Folder with config.json and weights: safetensors or pytorch_model.bin, whole or in shards with an
 *   index. Where both are present safetensors is read, as in transformers.
 * @throws {CheckpointError} if a file is missing, damaged or not a Baichuan2 checkpoint's.
 */
export async function openCheckpoint(
  directory: string,
  options: ReadOptions = {},
): Promise<Checkpoint> {
  options.signal?.throwIfAborted();
  return openCheckpointFiles(
    {
      path: directory,
      list: () => listDirectory(directory),
      open: (name, openOptions) => openFileSource(join(directory, name), openOptions),
    },
    options,
  );
}

async function listDirectory(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const got =
      code === "ENOENT"
        ? "nothing there"
        : code === "ENOTDIR"
          ? "a file (give the directory it is in)"
          : `one that cannot be read (${String(code ?? cause)})`;
    throw new CheckpointError(directory, `expected the directory of a model, got ${got}`, {
      cause,
    });
  }
}
