import type { Tensor } from "../graph/tensor.ts";

/**
 * Plain, slow, obviously right: what an op means. Inputs fit the op's shape rule; outputs are fresh tensors.
 * The tuple type spares each room the check that the graph has made already.
 */
export type Reference<Attributes> = (
  inputs: [Tensor, Tensor, ...Tensor[]],
  attributes: Attributes,
) => Tensor[];
