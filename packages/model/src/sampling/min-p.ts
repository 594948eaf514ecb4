import type { Warper } from "./filter.ts";

/**
 * Drops every id less probable than `minP` times the most probable one: `s < max + ln(minP)`.
 *
 * Not in the original's transformers; newer ones run it after top-p, and so does the sampler.
 *
 * @param minP - 0 < minP <= 1.
 * @see Nguyen et al. 2024, https://arxiv.org/abs/2407.01082
 */
export function minP(minP: number): Warper {
  const margin = Math.log(minP);
  return (candidates) => candidates.retainFrom(candidates.range().highest + margin);
}
