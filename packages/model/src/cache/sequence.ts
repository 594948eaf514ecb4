/** An adapter that keys and values were computed with; compared by identity, because a name may be given again. */
export interface SequenceAdapter {
  readonly name: string;
  /** Names its numbers, in files. */
  readonly fingerprint: string;
}

/** A text that the cache holds: token p and all before it are what `slots[p]` was computed from. */
export interface Sequence {
  /** Undefined: the network without one. */
  readonly adapter: SequenceAdapter | undefined;
  readonly tokenIds: readonly number[];
  readonly slots: readonly number[];
}

/** A sequence as its cache sees it. */
export class SequenceState implements Sequence {
  readonly adapter: SequenceAdapter | undefined;
  readonly tokenIds: number[] = [];
  readonly slots: number[] = [];
  /** Slots that the next tokens will lie in. */
  readonly fresh: number[] = [];
  /** Tokens from the start that ran in whole prefill chunks; only those are the same in every sequence, bit for bit. */
  chunkedTokens = 0;
  /** Counts what happens to the sequence, so that a run knows whether it is still as it was. */
  version = 0;

  constructor(adapter?: SequenceAdapter) {
    this.adapter = adapter;
  }
}

/**
 * The inside of a sequence.
 *
 * @throws {Error} if it was not made by a cache.
 */
export function stateOf(sequence: Sequence): SequenceState {
  if (sequence instanceof SequenceState) return sequence;
  throw new Error(
    "kvCache: expected a sequence of createSequence, fork or restore, got another object",
  );
}
