/** What a {@link ResponseFormatError} says. */
export interface ResponseFormatFacts {
  /** Where it was noticed, e.g. `responseFormat.schema`. */
  readonly where: string;
  /** Place in the schema as a JSON pointer, e.g. `#/properties/age/not`; the pattern's text for a pattern. */
  readonly path?: string | undefined;
  readonly expected: string;
  readonly actual: string;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A response format that cannot be held to: not well formed, not supported, too large, or without any text. */
export class ResponseFormatError extends Error {
  override readonly name = "ResponseFormatError";
  readonly code = "ERR_RESPONSE_FORMAT";
  readonly where: string;
  readonly path: string | undefined;
  readonly expected: string;
  readonly actual: string;

  constructor(facts: ResponseFormatFacts) {
    const place = facts.path === undefined ? facts.where : `${facts.where} at ${facts.path}`;
    const hint = facts.hint === undefined ? "" : ` (${facts.hint})`;
    super(`${place}: expected ${facts.expected}, got ${facts.actual}${hint}`, {
      cause: facts.cause,
    });
    this.where = facts.where;
    this.path = facts.path;
    this.expected = facts.expected;
    this.actual = facts.actual;
  }
}
