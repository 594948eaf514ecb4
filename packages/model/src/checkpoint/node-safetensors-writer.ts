import { randomBytes } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import type { ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import {
  layOutSafetensors,
  type SafetensorsLayout,
  type TensorDeclaration,
} from "./safetensors-writer.ts";
import { writeError } from "./write-error.ts";

/** The bytes of a declared tensor, little-endian, in C order, in as many pieces as suit their maker. */
export interface TensorData {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** How {@link writeSafetensors} writes. */
export interface WriteSafetensorsOptions extends ReadOptions {
  /** Text by key; default `{ format: "pt" }`, without which transformers refuses a file. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * Writes a safetensors file whose tensors come one after another, in any order; none is held in memory.
 *
 * The file appears under its name only when it is whole: it is written beside it, flushed to the disk and renamed. After an
 * error or abort nothing is left.
 *
 * ```ts
 * await writeSafetensors("model.safetensors", [{ name: "w", dtype: "u8", shape: [2] }], [
 *   { name: "w", chunks: [Uint8Array.of(1, 2)] },
 * ]);
 * ```
 *
 * @param tensors - Every tensor of the file; their order means nothing.
 * @param data - Each of them once.
 * @returns the file's size in bytes.
 * @throws {CheckpointError} if a tensor is missing, unknown, given twice or of another size, or the file cannot be written.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorDeclaration[],
  data: AsyncIterable<TensorData> | Iterable<TensorData>,
  options: WriteSafetensorsOptions = {},
): Promise<number> {
  const { signal, metadata = { format: "pt" } } = options;
  signal?.throwIfAborted();
  const layout = layOutSafetensors(path, tensors, metadata);
  const temporary = `${path}.tmp-${randomBytes(6).toString("hex")}`;
  const handle = await openNew(path, temporary);
  try {
    try {
      await writeAll(path, handle, layout, data, signal);
      await putInPlace(path, () => handle.sync());
    } finally {
      await handle.close();
    }
    await putInPlace(path, () => rename(temporary, path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return layout.sizeBytes;
}

async function openNew(path: string, temporary: string): Promise<FileHandle> {
  try {
    return await open(temporary, "wx");
  } catch (cause) {
    throw writeError(path, cause);
  }
}

async function putInPlace(path: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (cause) {
    throw writeError(path, cause);
  }
}

async function writeAll(
  path: string,
  handle: FileHandle,
  layout: SafetensorsLayout,
  data: AsyncIterable<TensorData> | Iterable<TensorData>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await writeFully(path, handle, { bytes: layout.header, position: 0 });
  const missing = new Map(layout.ranges);
  for await (const { name, chunks } of data) {
    const range = missing.get(name);
    if (range === undefined) {
      const problem = layout.ranges.has(name) ? "was given twice" : "was not declared";
      throw new CheckpointError(path, problem, { tensor: name });
    }
    missing.delete(name);
    let done = 0;
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      if (done + chunk.byteLength <= range.sizeBytes)
        await writeFully(path, handle, {
          bytes: chunk,
          position: range.offset + done,
          tensor: name,
        });
      done += chunk.byteLength;
      if (done > range.sizeBytes) break;
    }
    if (done !== range.sizeBytes)
      throw new CheckpointError(
        path,
        `expected ${range.sizeBytes} bytes, got ${done > range.sizeBytes ? `at least ${done}` : done}`,
        { tensor: name },
      );
  }
  signal?.throwIfAborted();
  const names = [...missing.keys()];
  if (names.length > 0)
    throw new CheckpointError(
      path,
      names.map((name) => `expected data for tensor "${name}", got none`),
    );
}

/** One write may take less than it is given. */
async function writeFully(
  path: string,
  handle: FileHandle,
  { bytes, position, tensor }: { bytes: Uint8Array; position: number; tensor?: string },
): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const rest = bytes.byteLength - done;
    try {
      done += (await handle.write(bytes, done, rest, position + done)).bytesWritten;
    } catch (cause) {
      throw writeError(path, cause, tensor);
    }
  }
}
