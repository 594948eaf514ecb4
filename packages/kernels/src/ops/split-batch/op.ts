import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import type { Dim } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

/** Attributes of `splitBatch`. */
export interface SplitBatchAttributes {
  /** Rows of one text; all texts of a batch have so many. */
  readonly length: number;
}

export const splitBatchOp: Op<SplitBatchAttributes> = {
  name: "splitBatch",
  infer(inputs, { length: N }) {
    expectDTypes("splitBatch", inputs, ["f32"]);
    const [x] = inputs as [Value];
    const [T = 0, H = 0, D = 0] = x.shape;
    const fits = x.shape.length === 3 && (typeof T === "string" || T % N === 0);
    expectShapes("splitBatch", inputs, `x [T, H, D] with T a multiple of ${N}`, fits);
    return [{ dtype: "f32", shape: [batchOf(T, N), H, N, D] }];
  },
};

/**
 * Texts and heads as dimensions of their own, for products text by text and head by head:
 *
 *   rows  text 0: 0 … N-1 | text 1: 0 … N-1 | …      [T = B·N, H, D]  ->  [B, H, N, D]
 *
 * @param x - Rows of all texts, one text after another; shape `[T, H, D]`.
 * @returns shape `[B, H, N, D]`; B is `"B"` where T is symbolic.
 * @throws {ShapeError} if T is no multiple of N.
 */
export function splitBatch(g: Graph, x: Value, attributes: SplitBatchAttributes): Value {
  return applyOne(g, splitBatchOp, [x], attributes);
}

function batchOf(T: Dim, N: number): Dim {
  return typeof T === "number" ? T / N : "B";
}
