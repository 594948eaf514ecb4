import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const rotaryOp: Op<null> = {
  name: "rotary",
  infer(inputs) {
    expectDTypes("rotary", inputs, ["f32", "f32", "f32"]);
    const [x, cos, sin] = inputs as [Value, Value, Value];
    const [T, , D] = x.shape;
    const fits =
      x.shape.length === 3 &&
      typeof D === "number" &&
      D % 2 === 0 &&
      sameShape(cos.shape, [T ?? 0, D / 2]) &&
      sameShape(sin.shape, cos.shape);
    expectShapes("rotary", inputs, "x [T, H, D] with even D, cos and sin [T, D/2]", fits);
    return [{ dtype: "f32", shape: x.shape }];
  },
};

/**
 * Rotary position embedding, halves layout: the pair `(x[k], x[k + D/2])` is turned by its token's angle `k`.
 *
 *   y[k]       = x[k] · cos[k] − x[k + D/2] · sin[k]
 *   y[k + D/2] = x[k + D/2] · cos[k] + x[k] · sin[k]        k < D/2
 *
 * The angles are inputs, so any position and any table length work (see `ropeAngles` in @baichuan2/model).
 *
 * @param x - Queries or keys; shape `[T, H, D]`.
 * @param cos - Shape `[T, D/2]`.
 * @param sin - Shape `[T, D/2]`.
 * @returns shape `[T, H, D]`.
 * @throws {ShapeError} if `D` is odd or the tables do not fit.
 * @see Su et al. 2021, https://arxiv.org/abs/2104.09864
 */
export function rotary(g: Graph, x: Value, cos: Value, sin: Value): Value {
  return applyOne(g, rotaryOp, [x, cos, sin], null);
}
