import type { Candidates } from "./candidates.ts";
import type { TokenHistory } from "./token-history.ts";

/** What a filter may look at beside the scores. */
export interface FilterContext {
  /** The ids of the prompt and of the output so far. */
  readonly history: TokenHistory;
  /** The ids still in the race; the warpers (temperature, top-k, …) look only at these. */
  readonly candidates: Candidates;
}

/**
 * One step between logits and a distribution: changes `scores` (shape `[V]`) in place.
 *
 * An id leaves the race by getting the score -Infinity. A sampler runs a list of filters in the order of
 * Hugging Face transformers; a new kind of filter is one more file and one more entry of that list.
 */
export type ScoreFilter = (scores: Float32Array, context: FilterContext) => void;
