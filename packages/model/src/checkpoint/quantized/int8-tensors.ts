import type { TensorDeclaration } from "../safetensors-writer.ts";
import { bytesOf, type TensorValues } from "./tensor-values.ts";

/** Rows, in the numbering of bitsandbytes. */
const ROW_FORMAT = 0;

/**
 * Names, types and shapes of the tensors that `int8Tensors` gives.
 *
 * @param name - Key of the weight, e.g. `model.layers.0.mlp.up_proj.weight`.
 * @param shape - `[O, C]`.
 */
export function declareInt8(
  name: string,
  shape: readonly [number, number],
): readonly TensorDeclaration[] {
  const linear = name.replace(/\.weight$/, "");
  return [
    { name, dtype: "i8", shape },
    { name: `${linear}.SCB`, dtype: "f32", shape: [shape[0]] },
    { name: `${linear}.weight_format`, dtype: "u8", shape: [] },
  ];
}

/**
 * The tensors of one linear in the layout in which transformers saves LLM.int8(): codes, row scales and the number of the
 * row format.
 *
 * @param encoded - Of `encodeInt8Rows`: `CB [O·C]`, `SCB [O]`.
 * @param shape - `[O, C]`.
 */
export function int8Tensors(
  name: string,
  { CB, SCB }: { readonly CB: Int8Array; readonly SCB: Float32Array },
  shape: readonly [number, number],
): readonly TensorValues[] {
  const bytes = [bytesOf(CB), bytesOf(SCB), Uint8Array.of(ROW_FORMAT)];
  return declareInt8(name, shape).map((tensor, i) => ({
    ...tensor,
    bytes: bytes[i] ?? new Uint8Array(),
  }));
}
