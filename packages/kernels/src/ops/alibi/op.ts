import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

/** Attributes of `alibi`. */
export interface AlibiAttributes {
  /** One slope per head. */
  readonly slopes: readonly number[];
}

export const alibiOp: Op<AlibiAttributes> = {
  name: "alibi",
  infer(inputs, { slopes }) {
    expectDTypes("alibi", inputs, ["f32", "f32", "f32"]);
    const [mask, queryPositions, keyPositions] = inputs as [Value, Value, Value];
    const [T, K] = mask.shape;
    const fits =
      mask.shape.length === 2 &&
      queryPositions.shape.length === 1 &&
      keyPositions.shape.length === 1 &&
      queryPositions.shape[0] === T &&
      keyPositions.shape[0] === K;
    expectShapes("alibi", inputs, "mask [T, K], queryPositions [T] and keyPositions [K]", fits);
    return [{ dtype: "f32", shape: [slopes.length, T ?? 0, K ?? 0] }];
  },
};

/**
 * Attention with linear biases: `bias[h, t, k] = mask[t, k] + slopes[h] · (keyPositions[k] − queryPositions[t])`.
 *
 * The distance is taken before the product with the slope: absolute `slope · position` reaches 3 440 at position
 * 4 095, where even float32 has steps of 2.4e-4 and bfloat16 of 16 (the original's eval mode loses accuracy there).
 *
 * @param mask - 0 where row t may see key k, a very negative finite number elsewhere; shape `[T, K]`.
 * @param queryPositions - f32, shape `[T]`.
 * @param keyPositions - f32, shape `[K]`.
 * @returns shape `[H, T, K]`.
 * @throws {ShapeError} if the lengths do not fit.
 * @see Press et al. 2021, https://arxiv.org/abs/2108.12409
 */
export function alibi(
  g: Graph,
  mask: Value,
  queryPositions: Value,
  keyPositions: Value,
  attributes: AlibiAttributes,
): Value {
  return applyOne(g, alibiOp, [mask, queryPositions, keyPositions], attributes);
}
