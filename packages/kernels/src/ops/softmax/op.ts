import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const softmaxOp: Op<null> = {
  name: "softmax",
  infer(inputs) {
    expectDTypes(
      "softmax",
      inputs,
      inputs.map(() => "f32"),
    );
    const [x, ...biases] = inputs as [Value, ...Value[]];
    const fits = biases.every(
      ({ shape }) =>
        shape.length === x.shape.length &&
        shape.every((dim, axis) => dim === 1 || dim === x.shape[axis]),
    );
    expectShapes("softmax", inputs, "x […, K] and biases of its shape, or 1 along an axis", fits);
    return [{ dtype: "f32", shape: x.shape }];
  },
};

/**
 * Probabilities of the last axis after biases: `y = softmax(x + Σ biases)`.
 *
 * @param x - Scores; shape `[…, K]`.
 * @param biases - Masks, distances: the shape of `x`, or 1 along an axis. They are constants: there is no gradient by them.
 * @returns the shape of `x`.
 * @throws {ShapeError} if a bias does not fit.
 */
export function softmax(g: Graph, x: Value, biases: readonly Value[] = []): Value {
  return applyOne(g, softmaxOp, [x, ...biases], null);
}
