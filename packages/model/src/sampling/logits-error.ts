/** Logits from which no token can be chosen or scored: the forward pass went wrong, or every id was forbidden. */
export class LogitsError extends Error {
  override readonly name = "LogitsError";
  readonly code = "ERR_LOGITS";
  readonly expected: string;
  readonly actual: string;
  readonly tokenId: number | undefined;

  /**
   * @param expected - What is needed.
   * @param actual - What came.
   * @param tokenId - The first offending id, if one alone offends.
   * @param where - What refuses.
   */
  constructor(expected: string, actual: string, tokenId?: number, where = "sample") {
    super(`${where}: expected ${expected}, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
    this.tokenId = tokenId;
  }
}
