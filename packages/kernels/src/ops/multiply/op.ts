import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const multiplyOp: Op<null> = {
  name: "multiply",
  infer(inputs) {
    expectDTypes("multiply", inputs, ["f32", "f32"]);
    const [a, b] = inputs as [Value, Value];
    expectShapes("multiply", inputs, "a and b of one shape", sameShape(a.shape, b.shape));
    return [{ dtype: "f32", shape: a.shape }];
  },
};

/**
 * Elementwise product: `y = a · b`. A dropout is one, with a mask of zeros and `1 / (1 − p)`.
 *
 * @param a - Any shape.
 * @param b - The shape of `a`; nothing is broadcast.
 * @returns the shape of `a`.
 * @throws {ShapeError} if the shapes differ.
 */
export function multiply(g: Graph, a: Value, b: Value): Value {
  return applyOne(g, multiplyOp, [a, b], null);
}
