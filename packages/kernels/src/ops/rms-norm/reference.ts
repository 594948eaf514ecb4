import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import type { RmsNormAttributes } from "./op.ts";

export const rmsNormReference: Reference<RmsNormAttributes> = ([x, weight], { eps }) => {
  const [T, C] = x.shape;
  const y = floatsLike(T * C, x, weight);
  for (let t = 0; t < T; t++) {
    let squares = 0;
    for (let c = 0; c < C; c++) squares += x.data[t * C + c] ** 2;
    const inverse = 1 / Math.sqrt(squares / C + eps);
    for (let c = 0; c < C; c++) y[t * C + c] = x.data[t * C + c] * inverse * weight.data[c];
  }
  return [f32(y, x.shape)];
};
