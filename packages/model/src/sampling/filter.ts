import type { Candidates } from "./candidates.ts";
import type { TokenHistory } from "./token-history.ts";

/**
 * Changes the scores of the whole vocabulary (shape `[V]`, index = id) in place; -Infinity forbids an id.
 *
 * Runs also before a greedy choice. A new kind is one more file and one more entry of the sampler's list.
 */
export type LogitsProcessor = (scores: Float32Array, history: TokenHistory) => void;

/** Reshapes or narrows the candidates of a draw; runs after all processors, and only if there is a draw. */
export type Warper = (candidates: Candidates) => void;
