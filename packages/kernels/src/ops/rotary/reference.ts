import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const rotaryReference: Reference<null> = ([x, cos, sin]) => {
  const [T, H, D] = x.shape;
  const half = D / 2;
  const y = floatsLike(T * H * D, x);
  for (let t = 0; t < T; t++) {
    for (let h = 0; h < H; h++) {
      const start = (t * H + h) * D;
      for (let k = 0; k < half; k++) {
        const [a, b] = [x.data[start + k], x.data[start + k + half]];
        const [c, s] = [cos.data[t * half + k], sin.data[t * half + k]];
        y[start + k] = a * c - b * s;
        y[start + k + half] = b * c + a * s;
      }
    }
  }
  return [f32(y, x.shape)];
};
