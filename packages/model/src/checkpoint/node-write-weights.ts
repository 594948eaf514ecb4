import { join } from "node:path";
import { writeWhole } from "../write-whole.ts";
import { itemSize } from "./dtype.ts";
import { writeSafetensors, type TensorData } from "./node-safetensors-writer.ts";
import type { TensorDeclaration } from "./safetensors-writer.ts";
import { elementCount } from "./stored-tensor.ts";
import { writeWeightIndex } from "./weight-index.ts";

/** Size of a file from which transformers begins the next one. */
const MAX_SHARD_BYTES = 10e9;

/** A tensor to be written; its bytes are made when its turn comes. */
export interface WeightToWrite extends TensorDeclaration, Pick<TensorData, "chunks"> {}

/** How weights are written. */
export interface WriteWeightsOptions {
  /** Default: 10 GB, as transformers. */
  readonly maxShardBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes weights as transformers does: model.safetensors, or shards with an index where they are larger than 10 GB.
 *
 * @returns size of the files of weights, in bytes.
 * @throws {CheckpointError} if a file cannot be written.
 */
export async function writeWeights(
  directory: string,
  tensors: readonly WeightToWrite[],
  { maxShardBytes = MAX_SHARD_BYTES, signal }: WriteWeightsOptions = {},
): Promise<number> {
  const shards = planShards(tensors, maxShardBytes);
  let written = 0;
  for (const { file, tensors: some } of shards)
    written += await writeSafetensors(
      join(directory, file),
      some.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
      some.map(({ name, chunks }) => ({ name, chunks })),
      { signal },
    );
  if (shards.length === 1) return written;
  const names = new Map(
    shards.map(({ file, tensors: some }) => [file, some.map(({ name }) => name)]),
  );
  const index = writeWeightIndex(
    names,
    tensors.reduce((sum, tensor) => sum + sizeOf(tensor), 0),
  );
  await writeWhole(join(directory, "model.safetensors.index.json"), (handle) =>
    handle.writeFile(index),
  );
  return written;
}

interface Shard {
  readonly file: string;
  readonly tensors: readonly WeightToWrite[];
}

/** In order; a file ends before the tensor that would make it too large. */
function planShards(tensors: readonly WeightToWrite[], maxBytes: number): readonly Shard[] {
  const groups: WeightToWrite[][] = [[]];
  let size = 0;
  for (const tensor of tensors) {
    const bytes = sizeOf(tensor);
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

function sizeOf({ shape, dtype }: TensorDeclaration): number {
  return elementCount(shape) * itemSize(dtype);
}
