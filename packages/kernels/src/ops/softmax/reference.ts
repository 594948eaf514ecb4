import { f32, type Tensor } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const softmaxReference: Reference<null> = ([x, ...biases]) => {
  const K = x.shape.at(-1) ?? 1;
  const y = floatsLike(x.data.length, x);
  for (let i = 0; i < y.length; i++)
    y[i] = biases.reduce((sum, bias) => sum + bias.data[placeOf(i, x, bias)], x.data[i]);
  for (let start = 0; start < y.length; start += K) {
    const row = y.subarray(start, start + K);
    const max = row.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let k = 0; k < K; k++) sum += row[k] = Math.exp(row[k] - max);
    for (let k = 0; k < K; k++) row[k] /= sum;
  }
  return [f32(y, x.shape)];
};

/** Where the bias of element i lies. */
function placeOf(i: number, { shape }: Tensor, bias: Tensor): number {
  let [place, stride, rest] = [0, 1, i];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const index = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
    place += bias.shape[axis] === 1 ? 0 : index * stride;
    stride *= bias.shape[axis];
  }
  return place;
}
