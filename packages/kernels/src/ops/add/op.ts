import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const addOp: Op<null> = {
  name: "add",
  infer(inputs) {
    expectDTypes("add", inputs, ["f32", "f32"]);
    const [a, b] = inputs as [Value, Value];
    expectShapes("add", inputs, "a and b of one shape", sameShape(a.shape, b.shape));
    return [{ dtype: "f32", shape: a.shape }];
  },
};

/**
 * Elementwise sum: `y = a + b`.
 *
 * @param a - Any shape.
 * @param b - The shape of `a`; nothing is broadcast.
 * @returns the shape of `a`.
 * @throws {ShapeError} if the shapes differ.
 */
export function add(g: Graph, a: Value, b: Value): Value {
  return applyOne(g, addOp, [a, b], null);
}
