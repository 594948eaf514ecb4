import { f32, type Tensor } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const gatherGradientReference: Reference<null> = (inputs) => {
  const [table, indices, dy] = inputs as [Tensor, Tensor, Tensor];
  const [V, C] = table.shape;
  const dtable = floatsLike(V * C, dy);
  for (const [t, row] of (indices.data as Int32Array).entries())
    for (let c = 0; c < C; c++) dtable[row * C + c] += dy.data[t * C + c];
  return [f32(dtable, [V, C])];
};
