import { f32 } from "../../graph/tensor.ts";
import type { Reference } from "../reference-op.ts";

export const linearReference: Reference<null> = ([x, weight]) => {
  const [T, C] = x.shape;
  const O = weight.shape[0];
  const y = new Float32Array(T * O);
  for (let t = 0; t < T; t++) {
    for (let o = 0; o < O; o++) {
      let sum = 0; // float64: the reference must not be the one that rounds
      for (let c = 0; c < C; c++) sum += x.data[t * C + c] * weight.data[o * C + c];
      y[t * O + o] = sum;
    }
  }
  return [f32(y, [T, O])];
};
