import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import type { Dim } from "../../graph/tensor-type.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

/** Attributes of `poolAttention`. */
export interface PoolAttentionAttributes {
  /** Factor on the scores: `1/√D`. */
  readonly scale: number;
}

/** The inputs by name; shapes as in `poolAttention`. */
export interface PoolAttentionInputs {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly keyPool: Value;
  readonly valuePool: Value;
  readonly bias: Value;
}

/** Name of the size "S pool slots, then T new rows", e.g. `S+T`. */
export function keyCount(S: Dim, T: Dim): Dim {
  return typeof S === "number" && typeof T === "number" ? S + T : `${S}+${T}`;
}

export const poolAttentionOp: Op<PoolAttentionAttributes> = {
  name: "poolAttention",
  infer(inputs) {
    expectDTypes("poolAttention", inputs, ["f32", "f32", "f32", "f32", "f32", "f32"]);
    const [query, key, value, keyPool, valuePool, bias] = inputs as [
      Value,
      Value,
      Value,
      Value,
      Value,
      Value,
    ];
    const [T = 0, H = 0, D = 0] = query.shape;
    const [S = 0] = keyPool.shape;
    const K = keyCount(S, T);
    const fits =
      query.shape.length === 3 &&
      [key, value].every((rows) => sameShape(rows.shape, query.shape)) &&
      [keyPool, valuePool].every((pool) => sameShape(pool.shape, [S, H, D])) &&
      (sameShape(bias.shape, [T, K]) || sameShape(bias.shape, [H, T, K]));
    const expected = "query, key, value [T, H, D], pools [S, H, D], bias [T, S+T] or [H, T, S+T]";
    expectShapes("poolAttention", inputs, expected, fits);
    const width = typeof H === "number" && typeof D === "number" ? H * D : `${H}·${D}`;
    return [{ dtype: "f32", shape: [T, width] }];
  },
};

/**
 * Attention of T new rows over S pool slots and the new rows themselves:
 * `softmax(scale · query · [keyPool; key]ᵀ + bias) · [valuePool; value]`, head by head.
 *
 * Rows of several sequences lie one after another, and slots of several sequences lie mixed in the pool.
 * Who may see whom is in `bias` alone, so the op knows neither sequences nor causality.
 *
 *   keys seen:   | slot 0 … slot S-1 | row 0 … row T-1 |        columns of bias
 *
 * @param inputs.query - Shape `[T, H, D]`; `key` and `value` alike, of the same tokens.
 * @param inputs.keyPool - Keys of earlier tokens; shape `[S, H, D]`, `S >= 1`; `valuePool` alike.
 * @param inputs.bias - Added to the scores: mask, and ALiBi where the network has it; `[T, S+T]` or `[H, T, S+T]`.
 *   Finite; every row must leave at least one key visible.
 * @returns heads side by side; shape `[T, H·D]`.
 * @throws {ShapeError} if the shapes do not fit together.
 */
export function poolAttention(g: Graph, inputs: PoolAttentionInputs, scale: number): Value {
  const { query, key, value, keyPool, valuePool, bias } = inputs;
  return applyOne(g, poolAttentionOp, [query, key, value, keyPool, valuePool, bias], { scale });
}
