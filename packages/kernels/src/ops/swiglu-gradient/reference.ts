import { f32, type Tensor } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const swigluGradientReference: Reference<null> = (inputs) => {
  const [gate, up, dy] = inputs as [Tensor, Tensor, Tensor];
  const dgate = floatsLike(gate.data.length, gate, dy);
  const dup = floatsLike(gate.data.length, gate, dy);
  for (let i = 0; i < dgate.length; i++) {
    const [z, d] = [gate.data[i], dy.data[i]];
    const s = 1 / (1 + Math.exp(-z));
    dgate[i] = d * up.data[i] * s * (1 + z * (1 - s));
    dup[i] = d * z * s;
  }
  return [f32(dgate, gate.shape), f32(dup, up.shape)];
};
