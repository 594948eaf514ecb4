import { f32, type Tensor } from "../../graph/tensor.ts";
import type { Reference } from "../reference-op.ts";
import type { PoolAttentionAttributes } from "./op.ts";

export const poolAttentionReference: Reference<PoolAttentionAttributes> = (inputs, { scale }) => {
  const [query, key, value, keyPool, valuePool, bias] = inputs as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const [T, H, D] = query.shape;
  const S = keyPool.shape[0];
  const K = S + T;
  const biasHeads = bias.shape.length === 3;
  const y = new Float32Array(T * H * D);

  for (let t = 0; t < T; t++) {
    for (let h = 0; h < H; h++) {
      const q = (t * H + h) * D;
      const scores = Array.from({ length: K }, (_, k) => {
        const [source, row] = k < S ? [keyPool, k] : [key, k - S];
        const start = (row * H + h) * D;
        let dot = 0;
        for (let d = 0; d < D; d++) dot += query.data[q + d] * source.data[start + d];
        return dot * scale + bias.data[((biasHeads ? h * T : 0) + t) * K + k];
      });
      const weights = softmax(scores);
      for (let k = 0; k < K; k++) {
        const [source, row] = k < S ? [valuePool, k] : [value, k - S];
        const start = (row * H + h) * D;
        for (let d = 0; d < D; d++) y[q + d] += weights[k] * source.data[start + d];
      }
    }
  }
  return [f32(y, [T, H * D])];
};

function softmax(scores: readonly number[]): number[] {
  const max = scores.reduce((a, b) => Math.max(a, b));
  const exps = scores.map((score) => Math.exp(score - max));
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((exp) => exp / sum);
}
