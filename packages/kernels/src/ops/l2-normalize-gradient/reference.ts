import { f32 } from "../../graph/tensor.ts";
import { L2_NORMALIZE_EPS } from "../l2-normalize/op.ts";
import { floatsLike, type Reference } from "../reference-op.ts";

export const l2NormalizeGradientReference: Reference<null> = ([x, dy]) => {
  const C = x.shape[1];
  const dx = floatsLike(x.data.length, x, dy);
  for (let start = 0; start < dx.length; start += C) {
    let [squares, products] = [0, 0];
    for (let i = start; i < start + C; i++) {
      squares += x.data[i] ** 2;
      products += x.data[i] * dy.data[i];
    }
    const norm = Math.sqrt(squares);
    const isShort = norm <= L2_NORMALIZE_EPS;
    const n = isShort ? L2_NORMALIZE_EPS : norm;
    const along = isShort ? 0 : products / n ** 2;
    for (let i = start; i < start + C; i++) dx[i] = (dy.data[i] - x.data[i] * along) / n;
  }
  return [f32(dx, x.shape)];
};
