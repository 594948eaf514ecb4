/** A text that the cache holds: token p and all before it are what `slots[p]` was computed from. */
export interface Sequence {
  readonly tokenIds: readonly number[];
  readonly slots: readonly number[];
}

/** A sequence as its cache sees it. */
export class SequenceState implements Sequence {
  readonly tokenIds: number[] = [];
  readonly slots: number[] = [];
  /** Slots that the next tokens will lie in. */
  readonly fresh: number[] = [];
  /** Tokens from the start that ran in whole prefill chunks; only those are the same in every sequence, bit for bit. */
  chunkedTokens = 0;
  /** Counts what happens to the sequence, so that a run knows whether it is still as it was. */
  version = 0;
}
