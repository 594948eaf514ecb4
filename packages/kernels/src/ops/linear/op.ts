import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const linearOp: Op<null> = {
  name: "linear",
  infer(inputs) {
    expectDTypes("linear", inputs, ["f32", "f32"]);
    const [x, weight] = inputs as [Value, Value];
    const fits =
      x.shape.length === 2 && weight.shape.length === 2 && x.shape[1] === weight.shape[1];
    expectShapes("linear", inputs, "x [T, C] and weight [O, C] with one C", fits);
    return [{ dtype: "f32", shape: [x.shape[0] ?? 0, weight.shape[0] ?? 0] }];
  },
};

/**
 * Matrix product with a weight in the checkpoint's layout: `y = x · weightᵀ`, `y[t, o] = Σ_c x[t, c] · weight[o, c]`.
 *
 * Baichuan2 has no biases, so there is none here. The weight's format decides the lowering.
 *
 * @param x - Shape `[T, C]`.
 * @param weight - Shape `[O, C]` (PyTorch's `nn.Linear.weight`).
 * @returns shape `[T, O]`.
 * @throws {ShapeError} if the two `C` differ.
 */
export function linear(g: Graph, x: Value, weight: Value): Value {
  return applyOne(g, linearOp, [x, weight], null);
}
