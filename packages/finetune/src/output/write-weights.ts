import { join } from "node:path";
import { writeSafetensors, writeWeightIndex, writeWhole } from "@baichuan2/model";
import {
  declare,
  tensorChunks,
  valueBytes,
  type NamedValues,
  type SavedDtype,
} from "./weight-tensors.ts";

/** Size of a file from which transformers begins the next one. */
const MAX_SHARD_BYTES = 10e9;

/** How weights are written. */
export interface WriteWeightsOptions {
  readonly dtype: SavedDtype;
  /** Default: 10 GB, as transformers. */
  readonly maxShardBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes weights as transformers does: model.safetensors, or shards with an index where they are larger than 10 GB.
 *
 * @throws {CheckpointError} if a file cannot be written.
 */
export async function writeWeights(
  directory: string,
  tensors: readonly NamedValues[],
  { dtype, maxShardBytes = MAX_SHARD_BYTES, signal }: WriteWeightsOptions,
): Promise<void> {
  const shards = planShards(tensors, valueBytes(dtype), maxShardBytes);
  for (const { file, tensors: some } of shards)
    await writeSafetensors(
      join(directory, file),
      some.map((tensor) => declare(tensor, dtype)),
      some.map(({ name, values }) => ({ name, chunks: tensorChunks(values, dtype) })),
      { signal },
    );
  if (shards.length === 1) return;
  const names = new Map(
    shards.map(({ file, tensors: some }) => [file, some.map(({ name }) => name)]),
  );
  const totalBytes =
    tensors.reduce((sum, { values }) => sum + values.length, 0) * valueBytes(dtype);
  const index = writeWeightIndex(names, totalBytes);
  await writeWhole(join(directory, "model.safetensors.index.json"), (handle) =>
    handle.writeFile(index),
  );
}

interface Shard {
  readonly file: string;
  readonly tensors: readonly NamedValues[];
}

/** In order; a file ends before the tensor that would make it too large. */
function planShards(
  tensors: readonly NamedValues[],
  itemBytes: number,
  maxBytes: number,
): readonly Shard[] {
  const groups: NamedValues[][] = [[]];
  let size = 0;
  for (const tensor of tensors) {
    const bytes = tensor.values.length * itemBytes;
    if (size > 0 && size + bytes > maxBytes) {
      groups.push([]);
      size = 0;
    }
    size += bytes;
    groups.at(-1)?.push(tensor);
  }
  const digits = (value: number): string => String(value).padStart(5, "0");
  return groups.map((group, index) => {
    const place = `-${digits(index + 1)}-of-${digits(groups.length)}`;
    return { file: `model${groups.length > 1 ? place : ""}.safetensors`, tensors: group };
  });
}
