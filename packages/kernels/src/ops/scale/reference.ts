import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import type { ScaleAttributes } from "./op.ts";

export const scaleReference: Reference<ScaleAttributes> = ([x], { factor }) => {
  const y = floatsLike(x.data.length, x);
  for (let i = 0; i < y.length; i++) y[i] = factor * x.data[i];
  return [f32(y, x.shape)];
};
