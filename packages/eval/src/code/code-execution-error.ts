/** What a {@link CodeExecutionError} says. */
export interface CodeExecutionFacts {
  /** What was to run programs: `python`, a benchmark's name. */
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
  readonly hint: string;
  readonly cause?: unknown;
}

/** Programs that a model wrote cannot be run here, or may not. */
export class CodeExecutionError extends Error {
  override readonly name = "CodeExecutionError";
  readonly code = "ERR_CODE_EXECUTION";
  readonly where: string;
  readonly expected: string;
  readonly actual: string;
  readonly hint: string;

  constructor({ where, expected, actual, hint, cause }: CodeExecutionFacts) {
    super(`${where}: expected ${expected}, got ${actual} (${hint})`, { cause });
    this.where = where;
    this.expected = expected;
    this.actual = actual;
    this.hint = hint;
  }
}
