/** A run's folder, or what it is asked to do, is not what it should be. */
export class EvalRunError extends Error {
  override readonly name = "EvalRunError";
  readonly code = "ERR_EVAL_RUN";

  readonly where: string;
  readonly expected: string;
  readonly actual: string;

  constructor(
    where: string,
    expected: string,
    actual: string,
    hint?: string,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, got ${actual}${hint ? ` (${hint})` : ""}`, options);
    this.where = where;
    this.expected = expected;
    this.actual = actual;
  }
}
