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
