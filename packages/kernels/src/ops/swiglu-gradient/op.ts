import type { Graph, Op, Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const swigluGradientOp: Op<null> = {
  name: "swigluGradient",
  infer(inputs) {
    expectDTypes("swigluGradient", inputs, ["f32", "f32", "f32"]);
    const [gate, up, dy] = inputs as [Value, Value, Value];
    const fits = sameShape(gate.shape, up.shape) && sameShape(gate.shape, dy.shape);
    expectShapes("swigluGradient", inputs, "gate, up and dy of one shape", fits);
    return [
      { dtype: "f32", shape: gate.shape },
      { dtype: "f32", shape: up.shape },
    ];
  },
};

/**
 * Gradient of `swiglu`. With `s = 1 / (1 + exp(−gate))`:
 *
 *   dgate = dy · up · s · (1 + gate · (1 − s))        dup = dy · gate · s
 *
 * @param dy - Derivatives of the loss by the output; the shape of `gate` and `up`.
 * @returns dgate and dup.
 * @throws {ShapeError} if the shapes differ.
 */
export function swigluGradient(g: Graph, gate: Value, up: Value, dy: Value): Value[] {
  return g.apply(swigluGradientOp, [gate, up, dy], null);
}
