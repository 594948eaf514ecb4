import { z } from "zod";
import { readJsonLines } from "../../data/read-json.ts";
import type { ExamRow } from "../../choice/exam.ts";

const schema = z.object({
  statement: z.string(),
  option_list: z.object({ A: z.string(), B: z.string(), C: z.string(), D: z.string() }),
  answer: z.array(z.enum(["A", "B", "C", "D"])),
});

/** Rows of a file that have one answer. */
export interface JecqaRows {
  readonly rows: readonly ExamRow[];
  /** Rows that have several, and rows that have none: five of the published. */
  readonly several: number;
  readonly none: number;
}

/**
 * Reads the questions with one answer.
 *
 * @throws {EvalDataError} for a row that is none of JEC-QA; those of its test files have no answers.
 */
export async function loadJecqa(file: string, signal?: AbortSignal): Promise<JecqaRows> {
  const lines = await readJsonLines(file, schema, signal);
  const rows = lines.flatMap(({ value }, row) => {
    const { statement: question, option_list: list, answer } = value;
    const [letter = ""] = answer;
    const options = [list.A, list.B, list.C, list.D];
    return answer.length === 1 ? [{ row, question: { question, options, answer: letter } }] : [];
  });
  const none = lines.filter(({ value }) => value.answer.length === 0).length;
  return { rows, none, several: lines.length - rows.length - none };
}
