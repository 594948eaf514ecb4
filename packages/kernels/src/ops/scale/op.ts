import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes } from "../expect-types.ts";

/** Attributes of `scale`. */
export interface ScaleAttributes {
  readonly factor: number;
}

export const scaleOp: Op<ScaleAttributes> = {
  name: "scale",
  infer(inputs) {
    expectDTypes("scale", inputs, ["f32"]);
    const [x] = inputs as [Value];
    return [{ dtype: "f32", shape: x.shape }];
  },
};

/**
 * Product with a constant: `y = factor · x`.
 *
 * @param x - Any shape.
 * @returns the shape of `x`.
 */
export function scale(g: Graph, x: Value, factor: number): Value {
  return applyOne(g, scaleOp, [x], { factor });
}
