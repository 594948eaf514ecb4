import type { Decoder, Sequence } from "../network/decoder.ts";
import { SequenceReleasedError } from "./sequence-released-error.ts";

/** Sequences that callers hold between requests. */
export class HeldSequences {
  readonly #decoder: Decoder;
  readonly #sequences = new Map<number, Sequence>();

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  get count(): number {
    return this.#sequences.size;
  }

  /**
   * Takes a sequence.
   *
   * @param sequenceId - The request that made it: if its caller gives that up the sequence goes with it, answered or not.
   */
  hold(sequenceId: number, sequence: Sequence): void {
    this.#sequences.set(sequenceId, sequence);
  }

  /**
   * A held sequence, cut to the length that its holder knows of: what it became in a request that was then given up is undone.
   *
   * @throws {SequenceReleasedError} for a number that is not held.
   */
  get(sequenceId: number, length: number): Sequence {
    const sequence = this.#sequences.get(sequenceId);
    if (!sequence || sequence.tokenIds.length < length) throw new SequenceReleasedError();
    this.#decoder.rollback(sequence, length);
    return sequence;
  }

  /** Puts what a sequence has become in its place; drops it where the old one was released meanwhile. */
  replace(sequenceId: number, sequence: Sequence): void {
    const old = this.#sequences.get(sequenceId);
    if (old) this.#sequences.set(sequenceId, sequence);
    this.#decoder.free(old ?? sequence);
  }

  /** Gives a sequence's slots back; harmless if it is gone. */
  release(sequenceId: number): void {
    const sequence = this.#sequences.get(sequenceId);
    if (sequence) this.#decoder.free(sequence);
    this.#sequences.delete(sequenceId);
  }
}
