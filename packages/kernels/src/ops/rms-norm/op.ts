import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

/** Attributes of `rmsNorm`. */
export interface RmsNormAttributes {
  /** Added to the mean square before the root; 1e-6 in both networks. */
  readonly eps: number;
}

export const rmsNormOp: Op<RmsNormAttributes> = {
  name: "rmsNorm",
  infer(inputs) {
    expectDTypes("rmsNorm", inputs, ["f32", "f32"]);
    const [x, weight] = inputs as [Value, Value];
    const fits =
      x.shape.length === 2 && weight.shape.length === 1 && x.shape[1] === weight.shape[0];
    expectShapes("rmsNorm", inputs, "x [T, C] and weight [C] with one C", fits);
    return [{ dtype: "f32", shape: x.shape }];
  },
};

/**
 * Root-mean-square normalisation: `y = x / sqrt(mean(x²) + eps) * weight`, over the last axis.
 *
 * @param x - Activations; shape `[T, C]`.
 * @param weight - Gain; shape `[C]`.
 * @returns shape `[T, C]`.
 * @throws {ShapeError} if the two `C` differ.
 * @see Zhang & Sennrich 2019, https://arxiv.org/abs/1910.07467
 */
export function rmsNorm(g: Graph, x: Value, weight: Value, eps: number): Value {
  return applyOne(g, rmsNormOp, [x, weight], { eps });
}
