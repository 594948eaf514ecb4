import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import type { SplitBatchAttributes } from "./op.ts";

export const splitBatchReference: Reference<SplitBatchAttributes> = ([x], { length: N }) => {
  const [T, H, D] = x.shape;
  const y = floatsLike(x.data.length, x);
  for (let t = 0; t < T; t++) {
    const [b, n] = [Math.floor(t / N), t % N];
    for (let h = 0; h < H; h++)
      for (let d = 0; d < D; d++) y[((b * H + h) * N + n) * D + d] = x.data[(t * H + h) * D + d];
  }
  return [f32(y, [T / N, H, N, D])];
};
