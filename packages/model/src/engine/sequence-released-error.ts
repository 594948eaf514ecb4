/** A sequence that is held no longer: it was disposed, or its engine's thread has died or was replaced by `quantize`. */
export class SequenceReleasedError extends Error {
  override readonly name = "SequenceReleasedError";
  readonly code = "ERR_SEQUENCE_RELEASED";

  constructor() {
    super(
      "sequence: expected one that is held, got one that is not (it was disposed, or lost with its engine's thread; make it anew)",
    );
  }
}
