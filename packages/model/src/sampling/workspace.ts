import { Candidates } from "./candidates.ts";

/** Scratch arrays of one sampling step, `V` entries each (2.0 MB at 125,696). */
export interface Workspace {
  readonly candidates: Candidates;
  /** In the order of the candidates. */
  readonly weights: Float64Array;
}

let shared: Workspace | undefined;

/**
 * The workspace for a vocabulary size, shared by all samplers of a thread: a step is synchronous and
 * leaves nothing behind, so hundreds of sequences need one and not hundreds.
 */
export function workspaceFor(vocabSize: number): Workspace {
  if (shared?.weights.length !== vocabSize) {
    shared = {
      candidates: new Candidates(vocabSize),
      weights: new Float64Array(vocabSize),
    };
  }
  return shared;
}
