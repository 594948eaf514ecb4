import { f32, type Tensor } from "../../graph/tensor.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const crossEntropyGradientReference: Reference<null> = (inputs) => {
  const [logits, labels, dlosses, dmaxima] = inputs as [Tensor, Tensor, Tensor, Tensor?];
  const [R, V] = logits.shape;
  const dlogits = floatsLike(R * V, logits, dlosses);
  for (let r = 0; r < R; r++) {
    const row = logits.data.subarray(r * V, (r + 1) * V);
    const label = labels.data[r];
    const dloss = label >= 0 ? dlosses.data[r] : 0;
    let [best, sum] = [0, 0];
    for (let v = 0; v < V; v++) if (row[v] > row[best]) best = v;
    for (const logit of row) sum += Math.exp(logit - row[best]);
    for (let v = 0; v < V; v++) {
      const probability = Math.exp(row[v] - row[best]) / sum;
      dlogits[r * V + v] =
        dloss * (probability - Number(v === label)) + (v === best ? (dmaxima?.data[r] ?? 0) : 0);
    }
  }
  return [f32(dlogits, [R, V])];
};
