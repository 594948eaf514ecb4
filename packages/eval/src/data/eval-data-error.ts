/** What to do where data is missing. */
export const DATA_HINT = "`baichuan2 eval data --list` tells where to get it";

/** What an {@link EvalDataError} says. */
export interface EvalDataFacts {
  /** The file, as it was given. */
  readonly file: string;
  /** Row of a table or line of a file, from 1. */
  readonly row?: number | undefined;
  readonly expected: string;
  readonly actual: string;
  readonly hint?: string | undefined;
  /** It is not there at all. */
  readonly isMissing?: boolean | undefined;
  readonly cause?: unknown;
}

/** A file of a benchmark is missing, or is not what it should be. */
export class EvalDataError extends Error {
  override readonly name = "EvalDataError";
  readonly code = "ERR_EVAL_DATA";
  readonly file: string;
  readonly row: number | undefined;
  readonly expected: string;
  readonly actual: string;
  /** The file is not there at all; else it is damaged, or another one. */
  readonly isMissing: boolean;

  constructor({ file, row, expected, actual, hint, isMissing, cause }: EvalDataFacts) {
    const where = row === undefined ? file : `${file}, row ${row}`;
    super(`${where}: expected ${expected}, got ${actual}${hint ? ` (${hint})` : ""}`, { cause });
    this.file = file;
    this.row = row;
    this.expected = expected;
    this.actual = actual;
    this.isMissing = isMissing ?? false;
  }
}
