/** Two models, or a text, that cannot be compared. */
export class ComparisonError extends Error {
  override readonly name = "ComparisonError";
  readonly code = "ERR_COMPARISON";
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string, hint?: string) {
    super(`compareModels: expected ${expected}, got ${actual}${hint ? ` (${hint})` : ""}`);
    this.expected = expected;
    this.actual = actual;
  }
}
