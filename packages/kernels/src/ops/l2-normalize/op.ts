import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const l2NormalizeOp: Op<null> = {
  name: "l2Normalize",
  infer(inputs) {
    expectDTypes("l2Normalize", inputs, ["f32"]);
    const [x] = inputs as [Value];
    expectShapes("l2Normalize", inputs, "x [V, C]", x.shape.length === 2);
    return [{ dtype: "f32", shape: x.shape }];
  },
};

/** Rows shorter than this are divided by it instead of by their length (PyTorch's `F.normalize`). */
export const L2_NORMALIZE_EPS = 1e-12;

/**
 * Unit rows: `y = x / max(‖x‖₂, 1e-12)` over the last axis. NormHead is `linear(x, l2Normalize(weight))`.
 *
 * Inference folds it into the weight at load; training keeps it in the graph, because the gradient flows through it.
 *
 * @param x - Shape `[V, C]`; an all-zero row stays zero.
 * @returns shape `[V, C]`.
 * @throws {ShapeError} if `x` is not of rank 2.
 */
export function l2Normalize(g: Graph, x: Value): Value {
  return applyOne(g, l2NormalizeOp, [x], null);
}
