import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const softmaxGradientReference: Reference<null> = ([y, dy]) => {
  const K = y.shape.at(-1) ?? 1;
  const dx = floatsLike(y.data.length, y, dy);
  for (let start = 0; start < dx.length; start += K) {
    let sum = 0;
    for (let i = start; i < start + K; i++) sum += y.data[i] * dy.data[i];
    for (let i = start; i < start + K; i++) dx[i] = y.data[i] * (dy.data[i] - sum);
  }
  return [f32(dx, y.shape)];
};
