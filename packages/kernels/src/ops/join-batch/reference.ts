import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import type { JoinBatchAttributes } from "./op.ts";

export const joinBatchReference: Reference<JoinBatchAttributes> = ([x]) => {
  const [B, H, N, D] = x.shape;
  const y = floatsLike(x.data.length, x);
  for (let b = 0; b < B; b++)
    for (let h = 0; h < H; h++)
      for (let n = 0; n < N; n++)
        for (let d = 0; d < D; d++)
          y[((b * N + n) * H + h) * D + d] = x.data[((b * H + h) * N + n) * D + d];
  return [f32(y, [B * N, H, D])];
};
