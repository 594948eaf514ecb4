import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import { l2NormalizeRows } from "./l2-normalize-rows.ts";

export const l2NormalizeReference: Reference<null> = ([x]) => {
  const y = floatsLike(x.data.length, x);
  y.set(x.data);
  l2NormalizeRows(y, x.shape[1]);
  return [f32(y, x.shape)];
};
