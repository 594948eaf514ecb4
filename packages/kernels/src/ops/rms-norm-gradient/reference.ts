import { f32, type Tensor } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";
import type { RmsNormAttributes } from "../rms-norm/op.ts";

export const rmsNormGradientReference: Reference<RmsNormAttributes> = (inputs, { eps }) => {
  const [x, weight, dy] = inputs as [Tensor, Tensor, Tensor];
  const [T, C] = x.shape;
  const dx = floatsLike(T * C, x, dy);
  const dweight = floatsLike(C, x, dy);
  const sums = new Float64Array(C);
  for (let t = 0; t < T; t++) {
    let [squares, products] = [0, 0];
    for (let c = 0; c < C; c++) {
      const value = x.data[t * C + c];
      squares += value ** 2;
      products += dy.data[t * C + c] * weight.data[c] * value;
    }
    const r = 1 / Math.sqrt(squares / C + eps);
    for (let c = 0; c < C; c++) {
      const n = x.data[t * C + c] * r;
      const d = dy.data[t * C + c];
      sums[c] += d * n;
      dx[t * C + c] = r * (d * weight.data[c] - (n * products * r) / C);
    }
  }
  dweight.set(sums);
  return [f32(dx, x.shape), f32(dweight, weight.shape)];
};
