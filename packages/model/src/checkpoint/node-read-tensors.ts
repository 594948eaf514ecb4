import { basename } from "node:path";
import type { ReadOptions } from "./byte-source.ts";
import { openFileSource } from "./node-file-source.ts";
import { readTensorFloat32 } from "./stored-tensor.ts";
import { readWeightsFile } from "./weights-file.ts";

/** Numbers of a tensor in a file, as float32. */
export interface TensorFloats {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * All tensors of one file, safetensors or what torch.save writes, in memory: for files that are no checkpoint by
 * themselves, such as adapters and states of optimizers.
 *
 * @throws {CheckpointError} if the file is missing or damaged, or holds others than bf16, f16 and f32.
 */
export async function readTensorFile(
  path: string,
  options: ReadOptions = {},
): Promise<Map<string, TensorFloats>> {
  const source = await openFileSource(path, options);
  try {
    const { contents } = await readWeightsFile(source, basename(path), options);
    const tensors = new Map<string, TensorFloats>();
    for (const [name, tensor] of contents.tensors) {
      const values = await readTensorFloat32(tensor, options);
      tensors.set(name, { shape: tensor.info.shape, values });
    }
    return tensors;
  } finally {
    await source.close();
  }
}
