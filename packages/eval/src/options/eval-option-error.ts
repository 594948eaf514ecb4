import type { OptionName } from "../benchmark.ts";

/** An option of a benchmark has a value that it cannot have. */
export class EvalOptionError extends Error {
  override readonly name = "EvalOptionError";
  readonly code = "ERR_EVAL_OPTION";
  readonly option: OptionName | "tasks";
  readonly expected: string;
  readonly actual: string;

  constructor(option: OptionName | "tasks", expected: string, actual: string) {
    super(`${option}: expected ${expected}, got ${actual}`);
    this.option = option;
    this.expected = expected;
    this.actual = actual;
  }
}
