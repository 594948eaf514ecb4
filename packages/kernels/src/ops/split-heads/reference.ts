import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import type { SplitHeadsAttributes } from "./op.ts";

export const splitHeadsReference: Reference<SplitHeadsAttributes> = (
  [x],
  { parts, numHeads, headDim },
) => {
  const T = x.shape[0];
  const width = numHeads * headDim;
  return Array.from({ length: parts }, (_, part) => {
    const y = floatsLike(T * width, x);
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < width; i++) y[t * width + i] = x.data[(t * parts + part) * width + i];
    }
    return f32(y, [T, numHeads, headDim]);
  });
};
