/** What a {@link BleuError} says. */
export interface BleuFacts {
  /** The function or option. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** BLEU cannot be had of what was given, or with what is installed. */
export class BleuError extends Error {
  override readonly name = "BleuError";
  readonly code = "ERR_BLEU";
  readonly expected: string;
  readonly actual: string;

  constructor({ where, expected, actual, hint, cause }: BleuFacts) {
    super(`${where}: expected ${expected}, got ${actual}${hint ? ` (${hint})` : ""}`, { cause });
    this.expected = expected;
    this.actual = actual;
  }
}
