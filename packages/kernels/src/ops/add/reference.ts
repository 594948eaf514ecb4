import { f32 } from "../../graph/tensor.ts";
import type { Reference } from "../reference-op.ts";

export const addReference: Reference<null> = ([a, b]) => {
  const right = b.data;
  return [
    f32(
      (a.data as Float32Array).map((left, i) => left + right[i]),
      a.shape,
    ),
  ];
};
