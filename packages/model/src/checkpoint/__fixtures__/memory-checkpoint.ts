import { readModelConfig } from "../../config.ts";
import type { Checkpoint, StateValue, TensorInfo } from "../checkpoint.ts";
import { isFloatDtype, itemSize, toFloat32 } from "../dtype.ts";
import type { TensorValues } from "../quantized/tensor-values.ts";

/** One layer: W_pack [192, 64], the other linears [64, 64]. */
export const tinyConfig = {
  model_type: "baichuan",
  hidden_size: 64,
  intermediate_size: 64,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  max_position_embeddings: 8,
  vocab_size: 4,
};

/** A checkpoint whose tensors are in memory, all in one file "m/w". */
export function memoryCheckpoint(
  tensors: readonly TensorValues[],
  objects: ReadonlyMap<string, StateValue> = new Map(),
  quantization?: Record<string, unknown>,
): Checkpoint {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const topLevel = tensors.filter(({ name }) => !name.includes("["));
  const find = (name: string): TensorValues => {
    const tensor = byName.get(name);
    if (tensor) return tensor;
    throw new Error(`no tensor ${name}`);
  };
  const bytes = async (name: string) => new Uint8Array(find(name).bytes);
  return {
    path: "m",
    config: readModelConfig({ ...tinyConfig, quantization_config: quantization }, "m/config.json"),
    format: "pytorch",
    files: [],
    tensors: new Map(topLevel.map((tensor) => [tensor.name, infoOf(tensor)])),
    objects,
    readBytes: bytes,
    readFloat32: async (name) => {
      const { dtype } = find(name);
      if (!isFloatDtype(dtype)) throw new TypeError(`${name} is ${dtype}`);
      const stored = await bytes(name);
      const out = new Float32Array(stored.length / itemSize(dtype));
      toFloat32(stored, dtype, out);
      return out;
    },
    readRows: () => {
      throw new Error("no rows");
    },
    readRowBytes: () => {
      throw new Error("no rows");
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** What a reader would tell of a tensor. */
export function infoOf({ name, dtype, shape, bytes }: TensorValues): TensorInfo {
  return { name, dtype, shape, sizeBytes: bytes.byteLength, file: "m/w" };
}
