/** A file of a saved sequence that cannot be used, or not be written. */
export class SequenceFileError extends Error {
  override readonly name = "SequenceFileError";
  readonly code = "ERR_SEQUENCE_FILE";
  readonly path: string;
  readonly expected: string;
  readonly actual: string;

  /** @param details.hint - What the caller can do. */
  constructor(
    path: string,
    {
      expected,
      actual,
      hint,
      cause,
    }: { expected: string; actual: string; hint: string; cause?: unknown },
  ) {
    super(`${path}: expected ${expected}, got ${actual} (${hint})`, { cause });
    this.path = path;
    this.expected = expected;
    this.actual = actual;
  }
}
