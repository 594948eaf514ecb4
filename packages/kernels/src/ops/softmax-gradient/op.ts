import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const softmaxGradientOp: Op<null> = {
  name: "softmaxGradient",
  infer(inputs) {
    expectDTypes("softmaxGradient", inputs, ["f32", "f32"]);
    const [y, dy] = inputs as [Value, Value];
    expectShapes("softmaxGradient", inputs, "y and dy of one shape", sameShape(y.shape, dy.shape));
    return [{ dtype: "f32", shape: y.shape }];
  },
};

/**
 * Gradient of `softmax` by its scores: `dx = y · (dy − Σ y · dy)`, the sum over the last axis.
 *
 * @param y - The probabilities; shape `[…, K]`.
 * @param dy - Derivatives of the loss by them; same shape.
 * @returns the shape of `y`.
 * @throws {ShapeError} if the shapes differ.
 */
export function softmaxGradient(g: Graph, y: Value, dy: Value): Value {
  return applyOne(g, softmaxGradientOp, [y, dy], null);
}
