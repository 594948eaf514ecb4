import { z } from "zod";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { readJsonLines } from "../../data/read-json.ts";
import type { AgievalTask } from "./tasks.ts";

/** A question of AGIEval. */
export interface AgievalRow {
  /** Empty where a question has none. */
  readonly passage: string;
  readonly question: string;
  /** With their letters, mostly `(A)…`; none where a result is asked for. */
  readonly options: readonly string[];
  /** A letter or more; a result where those are asked for. */
  readonly label: string | readonly string[];
}

/** A row as its file, or the table of examples, has it. */
export const agievalSchema = z.object({
  passage: z.string().nullish(),
  question: z.string(),
  options: z.array(z.string()).nullish(),
  label: z.union([z.string(), z.array(z.string())]).nullish(),
  answer: z.string().nullish(),
});

/** The file of a task, below the benchmark's folder. */
export function agievalPath(name: string): string {
  return `data/v1/${name}.jsonl`;
}

/**
 * Reads the rows of a task.
 *
 * @throws {EvalDataError} for a row without what the task is scored by.
 */
export async function loadAgievalTask(
  file: string,
  task: AgievalTask,
  signal?: AbortSignal,
): Promise<AgievalRow[]> {
  const rows = await readJsonLines(file, agievalSchema, signal);
  return rows.map(({ value, row }) => toRow(value, task, { file, row }));
}

/** Gives a row of a file or of the table of examples its form. */
export function toRow(
  value: z.output<typeof agievalSchema>,
  task: AgievalTask,
  where: { readonly file: string; readonly row: number },
): AgievalRow {
  const isResult = task.answer === "result";
  const label = isResult ? value.answer : value.label;
  const options = value.options ?? [];
  const refuse = (expected: string, actual: unknown): EvalDataError =>
    new EvalDataError({ ...where, expected, actual: JSON.stringify(actual) ?? "nothing" });
  if (label === undefined || label === null)
    throw refuse(isResult ? "a result in `answer`" : "a letter in `label`", label);
  if (isResult !== (options.length === 0))
    throw refuse(isResult ? "no `options`" : "`options`", value.options);
  return { passage: value.passage ?? "", question: value.question, options, label };
}
