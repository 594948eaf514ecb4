import type { LogitsProcessor } from "./filter.ts";

/**
 * Makes ids that already occurred less likely: `s < 0 ? s * θ : s / θ`, once for each distinct id of
 * prompt and output, in float32 like PyTorch.
 *
 * @param penalty - θ; 1 changes nothing, below 1 rewards repeats.
 * @see Keskar et al. 2019, https://arxiv.org/abs/1909.05858
 */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  const theta = Math.fround(penalty);
  return (scores, history) => {
    for (const id of history.counts.keys()) {
      const score = scores[id] as number;
      scores[id] = score < 0 ? score * theta : score / theta;
    }
  };
}
