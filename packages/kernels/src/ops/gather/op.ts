import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const gatherOp: Op<null> = {
  name: "gather",
  infer(inputs) {
    expectDTypes("gather", inputs, ["f32", "i32"]);
    const [table, indices] = inputs as [Value, Value];
    const fits = table.shape.length === 2 && indices.shape.length === 1;
    expectShapes("gather", inputs, "table [V, C] and indices [T]", fits);
    return [{ dtype: "f32", shape: [indices.shape[0] ?? 0, table.shape[1] ?? 0] }];
  },
};

/**
 * Rows of a table: `y[t] = table[indices[t]]`. The embedding, and the choice of rows that get logits.
 *
 * @param table - Shape `[V, C]`.
 * @param indices - i32, shape `[T]`, each `0 <= index < V` (the caller checks; backends differ on what else does).
 * @returns shape `[T, C]`.
 * @throws {ShapeError} if the ranks differ from this.
 */
export function gather(g: Graph, table: Value, indices: Value): Value {
  return applyOne(g, gatherOp, [table, indices], null);
}
