/** Quantized checkpoints of the network in memory-checkpoint.ts, good ones and damaged ones. */
import { encodeFourBit, encodeInt4, encodeInt8Rows } from "@baichuan2/quant";
import { expectedTensors, readModelConfig } from "../../config.ts";
import { CheckpointError } from "../checkpoint-error.ts";
import type { Checkpoint, TensorDtype } from "../checkpoint.ts";
import { bitsandbytesTensors } from "../quantized/bitsandbytes-tensors.ts";
import { compressedTensors } from "../quantized/compressed-tensors.ts";
import { int8Tensors } from "../quantized/int8-tensors.ts";
import { openQuantizedLinears } from "../quantized/open-quantized-linears.ts";
import { bytesOf, type TensorValues } from "../quantized/tensor-values.ts";
import { tinyConfig } from "./memory-checkpoint.ts";

export const expected = expectedTensors(readModelConfig(tinyConfig, "config.json"));
export const linears = [...expected].filter(([name]) => /W_pack|_proj/.test(name));
const plain = [...expected].filter(([name]) => !/W_pack|_proj/.test(name));
export const X = "model.layers.0.mlp.up_proj";
export const W = `${X}.weight`;

/** Weights that are different in every linear, up to 1. */
export const weightsOf = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1 + i * 0.7 + seed));

export const floats = (name: string, shape: readonly number[], values?: Float32Array): TensorValues => {
  const data =
    values ??
    weightsOf(
      shape.reduce((a, b) => a * b, 1),
      0,
    );
  return { name, dtype: "f32", shape, bytes: bytesOf(data) };
};
export const floatTensors = plain.map(([name, shape]) => floats(name, shape));

export type Make = (
  name: string,
  values: Float32Array,
  shape: readonly [number, number],
) => readonly TensorValues[];

export const nf4 =
  (quantType: "nf4" | "fp4" = "nf4", doubleQuant = true): Make =>
  (name, values, shape) => {
    const options = { quantType, shape, blockSize: 64, dtype: "float16", doubleQuant } as const;
    return bitsandbytesTensors(name, encodeFourBit(values, { quantType }), options);
  };
export const int8: Make = (name, values, shape) =>
  int8Tensors(name, encodeInt8Rows(values, shape[1]), shape);
export const int4 =
  (symmetric = true): Make =>
  (name, values, shape) => {
    const options = { shape, blockSize: 32, scaleDtype: "f16", symmetric } as const;
    const blocks = encodeInt4(values, { cols: shape[1], ...options, method: "rtn" });
    return compressedTensors(name, blocks, options);
  };

const quantized = (make: Make): TensorValues[] =>
  linears.flatMap(([name, [O = 0, C = 0]], i) => [...make(name, weightsOf(O * C, i), [O, C])]);

/** All tensors of a good checkpoint; `change` damages it. */
export function damaged(make: Make, change: (tensors: Map<string, TensorValues>) => void): TensorValues[] {
  const tensors = new Map(
    [...floatTensors, ...quantized(make)].map((tensor) => [tensor.name, tensor]),
  );
  change(tensors);
  return [...tensors.values()];
}
export const without = (name: string) => (tensors: Map<string, TensorValues>) => {
  if (!tensors.delete(name)) throw new Error(`no ${name}`);
};
export const replaced =
  (name: string, bytes: ArrayBufferView, shape: readonly number[], dtype?: TensorDtype) =>
  (tensors: Map<string, TensorValues>) => {
    const old = tensors.get(name);
    tensors.set(name, { name, shape, dtype: dtype ?? old?.dtype ?? "u8", bytes: bytesOf(bytes) });
  };
export const state = (json: string) => {
  const bytes = new TextEncoder().encode(json);
  return replaced(`${W}.quant_state.bitsandbytes__nf4`, bytes, [bytes.length], "u8");
};

/** What opening complains about. */
export async function problemsOf(checkpoint: Checkpoint): Promise<readonly string[]> {
  try {
    await openQuantizedLinears(checkpoint);
  } catch (error) {
    if (error instanceof CheckpointError && error.path === checkpoint.path) return error.problems;
    throw error;
  }
  throw new Error("expected an error");
}
