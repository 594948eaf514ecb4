import { f32 } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const crossEntropyReference: Reference<null> = ([logits, labels]) => {
  const [R, V] = logits.shape;
  const [losses, maxima] = [floatsLike(R, logits), floatsLike(R, logits)];
  for (let r = 0; r < R; r++) {
    const row = logits.data.subarray(r * V, (r + 1) * V);
    let [max, sum] = [-Infinity, 0];
    for (const logit of row) max = Math.max(max, logit);
    for (const logit of row) sum += Math.exp(logit - max);
    maxima[r] = max;
    if (labels.data[r] >= 0) losses[r] = Math.log(sum) + max - row[labels.data[r]];
  }
  return [f32(losses, [R]), f32(maxima, [R])];
};
