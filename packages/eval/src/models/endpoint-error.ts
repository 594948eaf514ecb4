/** A server does not give what an evaluation needs. */
export class EndpointError extends Error {
  override readonly name = "EndpointError";
  readonly code = "ERR_EVAL_ENDPOINT";
  readonly baseURL: string;
  readonly expected: string;
  readonly actual: string;

  constructor(
    baseURL: string,
    expected: string,
    actual: string,
    hint?: string,
    options?: ErrorOptions,
  ) {
    super(`${baseURL}: expected ${expected}, got ${actual}${hint ? ` (${hint})` : ""}`, options);
    this.baseURL = baseURL;
    this.expected = expected;
    this.actual = actual;
  }
}
