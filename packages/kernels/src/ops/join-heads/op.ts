import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { sameShape } from "../../graph/tensor-type.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const joinHeadsOp: Op<null> = {
  name: "joinHeads",
  infer(inputs) {
    expectDTypes(
      "joinHeads",
      inputs,
      inputs.map(() => "f32"),
    );
    const [x] = inputs as [Value];
    const fits = x.shape.length === 3 && inputs.every(({ shape }) => sameShape(shape, x.shape));
    expectShapes("joinHeads", inputs, "parts [T, H, D] of one shape", fits);
    const [T = 0, H, D] = x.shape;
    return [{ dtype: "f32", shape: [T, inputs.length * (H as number) * (D as number)] }];
  },
};

/**
 * The inverse of `splitHeads`: parts side by side in each row, `parts` × `[T, H, D]` → `[T, parts·H·D]`.
 *
 * @throws {ShapeError} if the parts differ in shape.
 */
export function joinHeads(g: Graph, parts: readonly [Value, ...Value[]]): Value {
  return applyOne(g, joinHeadsOp, parts, null);
}
