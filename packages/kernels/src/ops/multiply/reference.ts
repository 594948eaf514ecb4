import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const multiplyReference: Reference<null> = ([a, b]) => {
  const y = floatsLike(a.data.length, a, b);
  for (let i = 0; i < y.length; i++) y[i] = a.data[i] * b.data[i];
  return [f32(y, a.shape)];
};
