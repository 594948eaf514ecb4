import type { Graph, Op, Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";
import type { RmsNormAttributes } from "../rms-norm/op.ts";

export const rmsNormGradientOp: Op<RmsNormAttributes> = {
  name: "rmsNormGradient",
  infer(inputs) {
    expectDTypes("rmsNormGradient", inputs, ["f32", "f32", "f32"]);
    const [x, weight, dy] = inputs as [Value, Value, Value];
    const fits =
      x.shape.length === 2 &&
      sameShape(weight.shape, x.shape.slice(1)) &&
      sameShape(x.shape, dy.shape);
    expectShapes("rmsNormGradient", inputs, "x [T, C], weight [C] and dy [T, C]", fits);
    return [
      { dtype: "f32", shape: x.shape },
      { dtype: "f32", shape: weight.shape },
    ];
  },
};

/**
 * Gradient of `rmsNorm`. With `r = 1 / sqrt(mean(x²) + eps)`, `n = x · r` and `d = dy · weight`:
 *
 *   dx = r · (d − n · mean(d · n))        dweight = Σ_t dy · n
 *
 * @param inputs.x - What was normalised; shape `[T, C]`.
 * @param inputs.weight - Shape `[C]`.
 * @param inputs.dy - Derivatives of the loss by the output; shape `[T, C]`.
 * @returns dx `[T, C]` and dweight `[C]`.
 * @throws {ShapeError} if the shapes do not fit.
 */
export function rmsNormGradient(
  g: Graph,
  { x, weight, dy }: { readonly x: Value; readonly weight: Value; readonly dy: Value },
  eps: number,
): Value[] {
  return g.apply(rmsNormGradientOp, [x, weight, dy], { eps });
}
