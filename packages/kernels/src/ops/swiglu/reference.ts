import { f32 } from "../../graph/tensor.ts";
import type { Reference } from "../reference-op.ts";

export const swigluReference: Reference<null> = ([gate, up]) => {
  const y = (gate.data as Float32Array).map((z, i) => (z / (1 + Math.exp(-z))) * up.data[i]);
  return [f32(y, gate.shape)];
};
