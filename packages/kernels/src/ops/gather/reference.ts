import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const gatherReference: Reference<null> = ([table, indices]) => {
  const C = table.shape[1];
  const T = indices.shape[0];
  const y = floatsLike(T * C, table);
  for (let t = 0; t < T; t++) {
    const row = indices.data[t];
    for (let c = 0; c < C; c++) y[t * C + c] = table.data[row * C + c];
  }
  return [f32(y, [T, C])];
};
