import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import type { Dim } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

/** Attributes of `joinBatch`. */
export interface JoinBatchAttributes {
  /** Rows of all texts: B·N, or their name where B is symbolic. */
  readonly rows: Dim;
}

export const joinBatchOp: Op<JoinBatchAttributes> = {
  name: "joinBatch",
  infer(inputs, { rows }) {
    expectDTypes("joinBatch", inputs, ["f32"]);
    const [x] = inputs as [Value];
    const [B, H = 0, N, D = 0] = x.shape;
    const isKnown = typeof B === "number" && typeof N === "number";
    const fits = x.shape.length === 4 && (!isKnown || rows === B * N);
    expectShapes("joinBatch", inputs, `x [B, H, N, D] with B·N = ${rows}`, fits);
    return [{ dtype: "f32", shape: [rows, H, D] }];
  },
};

/**
 * The inverse of `splitBatch`: `[B, H, N, D]` → `[T, H, D]`, the rows of one text after another.
 *
 * @throws {ShapeError} if T is not B·N.
 */
export function joinBatch(g: Graph, x: Value, attributes: JoinBatchAttributes): Value {
  return applyOne(g, joinBatchOp, [x], attributes);
}
