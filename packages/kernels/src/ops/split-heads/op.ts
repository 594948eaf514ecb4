import type { Graph, Op, Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

/** Attributes of `splitHeads`. */
export interface SplitHeadsAttributes {
  /** How many tensors lie side by side in a row: 3 for `W_pack` (query, key, value). */
  readonly parts: number;
  readonly numHeads: number;
  readonly headDim: number;
}

export const splitHeadsOp: Op<SplitHeadsAttributes> = {
  name: "splitHeads",
  infer(inputs, { parts, numHeads, headDim }) {
    expectDTypes("splitHeads", inputs, ["f32"]);
    const [x] = inputs as [Value];
    const width = parts * numHeads * headDim;
    const fits = x.shape.length === 2 && x.shape[1] === width;
    expectShapes("splitHeads", inputs, `x [T, ${parts}·${numHeads}·${headDim} = ${width}]`, fits);
    const shape = [x.shape[0] ?? 0, numHeads, headDim];
    return Array.from({ length: parts }, () => ({ dtype: "f32" as const, shape }));
  },
};

/**
 * Cuts a fused projection into its parts and each part into heads: `[T, parts·H·D]` → `parts` × `[T, H, D]`.
 *
 *   row of W_pack's output:  | q of head 0 … H-1 | k of head 0 … H-1 | v of head 0 … H-1 |
 *
 * @returns one value of shape `[T, H, D]` per part.
 * @throws {ShapeError} if the width is not `parts·H·D`.
 */
export function splitHeads(g: Graph, x: Value, attributes: SplitHeadsAttributes): Value[] {
  return g.apply(splitHeadsOp, [x], attributes);
}
