import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const swigluOp: Op<null> = {
  name: "swiglu",
  infer(inputs) {
    expectDTypes("swiglu", inputs, ["f32", "f32"]);
    const [gate, up] = inputs as [Value, Value];
    expectShapes("swiglu", inputs, "gate and up of one shape", sameShape(gate.shape, up.shape));
    return [{ dtype: "f32", shape: gate.shape }];
  },
};

/**
 * Gated activation of the MLP: `y = silu(gate) * up`, `silu(z) = z / (1 + exp(-z))`.
 *
 * @param gate - Shape `[T, F]`.
 * @param up - Shape `[T, F]`.
 * @returns shape `[T, F]`.
 * @throws {ShapeError} if the shapes differ.
 * @see Shazeer 2020, https://arxiv.org/abs/2002.05202
 */
export function swiglu(g: Graph, gate: Value, up: Value): Value {
  return applyOne(g, swigluOp, [gate, up], null);
}
