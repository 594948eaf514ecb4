import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import type { Dim } from "../../graph/tensor-type.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

/** Attributes of `matmul`. */
export interface MatmulAttributes {
  /** Whether `a` lies transposed, `[…, K, M]`. */
  readonly transA: boolean;
  /** Whether `b` lies transposed, `[…, N, K]`. */
  readonly transB: boolean;
  /** Factor of the product. */
  readonly alpha: number;
}

export const matmulOp: Op<MatmulAttributes> = {
  name: "matmul",
  infer(inputs, { transA, transB }) {
    expectDTypes("matmul", inputs, ["f32", "f32"]);
    const [a, b] = inputs as [Value, Value];
    const batch = a.shape.slice(0, -2);
    const [M, K] = ends(a, transA);
    const [innerB, N] = ends(b, transB);
    const fits =
      a.shape.length >= 2 &&
      a.shape.length === b.shape.length &&
      sameShape(batch, b.shape.slice(0, -2)) &&
      K === innerB;
    expectShapes("matmul", inputs, "a […, M, K] and b […, K, N] with one K", fits);
    return [{ dtype: "f32", shape: [...batch, M, N] }];
  },
};

/**
 * Matrix products: `y = alpha · a · b`, one for each index of the dimensions before the last two.
 *
 * @param a - Shape `[…, M, K]`, or `[…, K, M]` with `transA`.
 * @param b - Shape `[…, K, N]`, or `[…, N, K]` with `transB`; the same `…` as `a`, nothing is broadcast.
 * @param attributes - Default: nothing transposed, alpha 1.
 * @returns shape `[…, M, N]`.
 * @throws {ShapeError} if the shapes do not fit.
 */
export function matmul(
  g: Graph,
  a: Value,
  b: Value,
  { transA = false, transB = false, alpha = 1 }: Partial<MatmulAttributes> = {},
): Value {
  return applyOne(g, matmulOp, [a, b], { transA, transB, alpha });
}

/** Rows and columns of a matrix as it is multiplied. */
function ends({ shape }: Value, isTransposed: boolean): [Dim, Dim] {
  const [rows = 0, columns = 0] = shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
}
