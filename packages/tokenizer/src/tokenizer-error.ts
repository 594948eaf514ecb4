/** What a {@link TokenizerError} is made of. */
export interface TokenizerErrorFacts {
  /** The function or file part that found the problem, e.g. `"decode"`. */
  readonly where: string;
  /** What was expected there. */
  readonly expected: string;
  /** What came instead, in words. */
  readonly actual: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Offset in UTF-16 code units (text), bytes (file) or items (ids) at which it was found. */
  readonly offset?: number;
  readonly cause?: unknown;
}

/** What a value of the wrong type is, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "another object" : `a value of type ${typeof value}`;
}

/**
 * A model file that cannot be used, an id outside the vocabulary, a text that may not be encoded, or an
 * option that does not exist: `{where}: expected {expected}, got {actual} ({hint})`.
 */
export class TokenizerError extends Error {
  override readonly name = "TokenizerError";
  readonly code = "ERR_TOKENIZER";
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
  readonly hint: string | undefined;
  readonly offset: number | undefined;

  constructor({ where, expected, actual, hint, offset, cause }: TokenizerErrorFacts) {
    const advice = hint === undefined ? "" : ` (${hint})`;
    super(`${where}: expected ${expected}, got ${actual}${advice}`, { cause });
    this.where = where;
    this.expected = expected;
    this.actual = actual;
    this.hint = hint;
    this.offset = offset;
  }
}
