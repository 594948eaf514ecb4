import type { ReadOptions } from "../checkpoint/byte-source.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { ROWS_STEP } from "./quantize-linear.ts";

/** Values read at a time, about: 4 MiB of float32. */
const CHUNK_VALUES = 1 << 20;

/** A float tensor in pieces of whole rows, as `FloatLinear` wants them. */
export async function* floatRows(
  checkpoint: Pick<Checkpoint, "readRows" | "tensors">,
  name: string,
  { signal }: ReadOptions,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const cols = checkpoint.tensors.get(name)?.shape[1] ?? 1;
  const steps = Math.max(1, Math.floor(CHUNK_VALUES / (cols * ROWS_STEP)));
  const rowsPerChunk = steps * ROWS_STEP;
  for await (const { data } of checkpoint.readRows(name, { rowsPerChunk, signal })) yield data;
}
