import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const l2NormalizeGradientOp: Op<null> = {
  name: "l2NormalizeGradient",
  infer(inputs) {
    expectDTypes("l2NormalizeGradient", inputs, ["f32", "f32"]);
    const [x, dy] = inputs as [Value, Value];
    const fits = x.shape.length === 2 && sameShape(x.shape, dy.shape);
    expectShapes("l2NormalizeGradient", inputs, "x and dy [V, C]", fits);
    return [{ dtype: "f32", shape: x.shape }];
  },
};

/**
 * Gradient of `l2Normalize`. With `n = max(‖x‖₂, 1e-12)` and `y = x / n`:
 *
 *   dx = (dy − y · Σ y · dy) / n
 *
 * Rows that are shorter than 1e-12 have `dx = dy / n`: their divisor is a constant.
 *
 * @param x - What was normalised; shape `[V, C]`.
 * @param dy - Derivatives of the loss by the output; shape `[V, C]`.
 * @returns shape `[V, C]`.
 * @throws {ShapeError} if the shapes differ.
 */
export function l2NormalizeGradient(g: Graph, x: Value, dy: Value): Value {
  return applyOne(g, l2NormalizeGradientOp, [x, dy], null);
}
