import type { Tensor } from "../graph/tensor.ts";
import type { WeightFormat } from "../graph/weight-format.ts";

/** A weight as its format stores it; parts as `weightParts` names them. */
export interface StoredWeight {
  readonly format: WeightFormat;
  readonly parts: Readonly<
    Record<
      string,
      | Float32Array<ArrayBuffer>
      | Uint16Array<ArrayBuffer>
      | Uint8Array<ArrayBuffer>
      | Int8Array<ArrayBuffer>
    >
  >;
}

/**
 * Room for an output: float64 where an input is. Graphs know no such type; checks of gradients run references with it, since
 * differences of float32 sums are mostly rounding.
 */
export function floatsLike(
  length: number,
  ...inputs: readonly Tensor[]
): Float32Array<ArrayBuffer> {
  const isDouble = inputs.some(({ data }) => (data as ArrayBufferView) instanceof Float64Array);
  return isDouble
    ? (new Float64Array(length) as unknown as Float32Array<ArrayBuffer>)
    : new Float32Array(length);
}

/**
 * Plain, slow, obviously right: what an op means. Inputs fit the op's shape rule; outputs are fresh tensors.
 * The tuple type spares each room the check that the graph has made already.
 *
 * @param inputs - Weights as the float32 numbers they stand for.
 * @param stored - For each input that is a weight, what is stored: LLM.int8() computes with the integers.
 */
export type Reference<Attributes> = (
  inputs: [Tensor, Tensor, ...Tensor[]],
  attributes: Attributes,
  stored: readonly (StoredWeight | undefined)[],
) => Tensor[];
