import { f32 } from "../../graph/tensor.ts";
import type { Reference } from "../reference-op.ts";
import type { AlibiAttributes } from "./op.ts";

export const alibiReference: Reference<AlibiAttributes> = (
  [mask, queryPositions, keyPositions],
  { slopes },
) => {
  const [T, K] = mask.shape;
  const H = slopes.length;
  const bias = new Float32Array(H * T * K);
  for (let h = 0; h < H; h++) {
    for (let t = 0; t < T; t++) {
      for (let k = 0; k < K; k++) {
        const distance = keyPositions.data[k] - queryPositions.data[t];
        bias[(h * T + t) * K + k] = mask.data[t * K + k] + slopes[h] * distance;
      }
    }
  }
  return [f32(bias, [H, T, K])];
};
