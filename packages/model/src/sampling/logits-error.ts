/** Logits from which no token can be chosen: the forward pass went wrong, or every id was forbidden. */
export class LogitsError extends Error {
  override readonly name = "LogitsError";
  readonly code = "ERR_LOGITS";
  readonly expected: string;
  readonly actual: string;
  readonly tokenId: number | undefined;

  /**
   * @param expected - What the sampler needs.
   * @param actual - What it got.
   * @param tokenId - The first offending id, if one alone offends.
   */
  constructor(expected: string, actual: string, tokenId?: number) {
    super(`sample: expected ${expected}, got ${actual}`);
    this.expected = expected;
    this.actual = actual;
    this.tokenId = tokenId;
  }
}
