import type { ReadOptions } from "../checkpoint/byte-source.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";

/** Values read at a time, about: 4 MiB of float32. */
const CHUNK_VALUES = 1 << 20;

/** Pieces of this many rows hold whole quantization blocks, whatever the length of a row is. */
const ROWS_STEP = 64;

/** Consecutive rows as they are stored; 16-bit floats as their bits. The buffer is the taker's. */
export type StoredRows =
  | { readonly values: Float32Array<ArrayBuffer>; readonly dtype: "f32" }
  | { readonly values: Uint16Array<ArrayBuffer>; readonly dtype: "f16" | "bf16" };

/** A float tensor in pieces of whole rows, each but the last a multiple of `ROWS_STEP`. */
export async function* floatRows(
  checkpoint: Pick<Checkpoint, "readRows" | "tensors">,
  name: string,
  { signal }: ReadOptions,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const rowsPerChunk = chunkRows(checkpoint, name);
  for await (const { data } of checkpoint.readRows(name, { rowsPerChunk, signal })) yield data;
}

/** The same pieces in the type they are stored in: widening them is left to who computes with them. */
export async function* storedRows(
  checkpoint: Pick<Checkpoint, "readRowBytes" | "tensors">,
  name: string,
  { signal }: ReadOptions,
): AsyncGenerator<StoredRows> {
  const dtype = checkpoint.tensors.get(name)?.dtype;
  const rowsPerChunk = chunkRows(checkpoint, name);
  for await (const { buffer, byteOffset, byteLength } of checkpoint.readRowBytes(name, {
    rowsPerChunk,
    signal,
  })) {
    if (dtype === "bf16" || dtype === "f16")
      yield { values: new Uint16Array(buffer, byteOffset, byteLength / 2), dtype };
    else yield { values: new Float32Array(buffer, byteOffset, byteLength / 4), dtype: "f32" };
  }
}

function chunkRows({ tensors }: Pick<Checkpoint, "tensors">, name: string): number {
  const cols = tensors.get(name)?.shape[1] ?? 1;
  return ROWS_STEP * Math.max(1, Math.floor(CHUNK_VALUES / (cols * ROWS_STEP)));
}
