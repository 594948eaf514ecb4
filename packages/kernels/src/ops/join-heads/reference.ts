import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const joinHeadsReference: Reference<null> = (parts) => {
  const [T, H, D] = parts[0].shape;
  const width = H * D;
  const y = floatsLike(T * parts.length * width, ...parts);
  for (const [part, { data }] of parts.entries())
    for (let t = 0; t < T; t++)
      for (let i = 0; i < width; i++)
        y[(t * parts.length + part) * width + i] = data[t * width + i];
  return [f32(y, [T, parts.length * width])];
};
