import { z } from "zod";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { readJsonLines } from "../../data/read-json.ts";

const schema = z.object({
  task_id: z.int(),
  text: z.string(),
  code: z.string(),
  test_list: z.array(z.string()).min(1),
});

/** A function that is to be written. */
export interface MbppProblem {
  readonly text: string;
  readonly code: string;
  /** Statements that assert something. */
  readonly tests: readonly string[];
}

/** Problems of a file. */
export interface MbppProblems {
  readonly shots: readonly MbppProblem[];
  readonly questions: readonly MbppProblem[];
  /** Rows in the file. */
  readonly rows: number;
}

/** Numbers of the examples, in their order in the prompt. */
const SHOTS = [2, 3, 4];

/** Rows that are asked, from 0: the problems 11 to 510. */
export const MBPP_ROWS = { first: 10, end: 510 } as const;

/**
 * Reads the problems.
 *
 * @throws {EvalDataError} if an example is missing, or there is no problem behind the first ten.
 */
export async function loadMbpp(file: string, signal?: AbortSignal): Promise<MbppProblems> {
  const rows = await readJsonLines(file, schema, signal);
  const shots = SHOTS.map((id) => {
    const found = rows.find(({ value }) => value.task_id === id);
    if (found === undefined) throw missing(file, `a row with the task_id ${id}`);
    return toProblem(found.value);
  });
  const questions = rows.slice(MBPP_ROWS.first, MBPP_ROWS.end).map(({ value }) => toProblem(value));
  if (questions.length === 0) throw missing(file, `more than ${MBPP_ROWS.first} rows`);
  return { shots, questions, rows: rows.length };
}

function toProblem({ text, code, test_list: tests }: z.output<typeof schema>): MbppProblem {
  return { text, code, tests };
}

function missing(file: string, expected: string): EvalDataError {
  return new EvalDataError({ file, expected, actual: "none" });
}
