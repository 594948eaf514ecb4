import { z } from "zod";
import type { ExamRow } from "../../choice/exam.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { readJsonLines } from "../../data/read-json.ts";

const LETTERS = ["A", "B", "C", "D", "E"] as const;

const schema = z.object({
  question: z.string(),
  options: z.record(z.string(), z.string()),
  answer: z.string(),
  answer_idx: z.enum(LETTERS),
});

/**
 * Reads the questions of a file.
 *
 * @throws {EvalDataError} for a row without five options, or whose answer is not the option of its letter.
 */
export async function loadMedqa(file: string, signal?: AbortSignal): Promise<ExamRow[]> {
  const lines = await readJsonLines(file, schema, signal);
  return lines.map(({ value, row }, index) => {
    const { question, options, answer, answer_idx: letter } = value;
    const letters = Object.keys(options).toSorted().join("");
    if (letters !== LETTERS.join(""))
      throw new EvalDataError({
        file,
        row,
        expected: "the options A to E",
        actual: letters,
        hint: "the variant with four options is another benchmark",
      });
    if (options[letter] !== answer) {
      const expected = `the text of option ${letter} for an answer`;
      throw new EvalDataError({ file, row, expected, actual: answer.slice(0, 80) });
    }
    const texts = LETTERS.map((one) => options[one] ?? "");
    return { row: index, question: { question, options: texts, answer: letter } };
  });
}
