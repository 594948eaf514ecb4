import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const gatherGradientOp: Op<null> = {
  name: "gatherGradient",
  infer(inputs) {
    expectDTypes("gatherGradient", inputs, ["f32", "i32", "f32"]);
    const [table, indices, dy] = inputs as [Value, Value, Value];
    const fits =
      table.shape.length === 2 &&
      indices.shape.length === 1 &&
      dy.shape.length === 2 &&
      dy.shape[0] === indices.shape[0] &&
      dy.shape[1] === table.shape[1];
    expectShapes("gatherGradient", inputs, "table [V, C], indices [T] and dy [T, C]", fits);
    return [{ dtype: "f32", shape: table.shape }];
  },
};

/**
 * Gradient of `gather` by its table: row v gets `Σ dy[t]` over all t with `indices[t] = v`.
 *
 * @param inputs.table - What was gathered from; only its shape counts, `[V, C]`.
 * @param inputs.indices - i32, shape `[T]`.
 * @param inputs.dy - Derivatives of the loss by the rows; shape `[T, C]`.
 * @returns shape `[V, C]`.
 * @throws {ShapeError} if the shapes do not fit.
 */
export function gatherGradient(
  g: Graph,
  { table, indices, dy }: { readonly table: Value; readonly indices: Value; readonly dy: Value },
): Value {
  return applyOne(g, gatherGradientOp, [table, indices, dy], null);
}
