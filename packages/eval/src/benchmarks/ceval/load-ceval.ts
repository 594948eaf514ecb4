import { join } from "node:path";
import { answerLetter } from "../../choice/answer-letter.ts";
import type { ChoiceQuestion } from "../../choice/choice-question.ts";
import type { SubjectRows } from "../../choice/choice-samples.ts";
import { readCsvWithHeader, type CsvRow } from "../../data/read-csv.ts";
import { strip } from "../../python/text.ts";

const TEST_COLUMNS = ["id", "question", "A", "B", "C", "D"];

/** Columns of each split; answers to the test rows are not published. */
const COLUMNS = {
  dev: [...TEST_COLUMNS, "answer", "explanation"],
  val: [...TEST_COLUMNS, "answer"],
  test: TEST_COLUMNS,
} as const;

/** Rows of C-Eval. */
export type CevalSplit = keyof typeof COLUMNS;

/** A file of C-Eval, below its folder. */
export function cevalFile(subject: string, split: CevalSplit): string {
  return join(split, `${subject}_${split}.csv`);
}

/**
 * Reads the rows of a subject.
 *
 * @param directory - The folder of C-Eval, with `dev`, `val` and `test` in it.
 * @throws {EvalDataError} for a row of dev or val whose answer is no letter.
 */
export async function loadCevalSubject(
  directory: string,
  subject: string,
  { split, signal }: { readonly split: CevalSplit; readonly signal?: AbortSignal | undefined },
): Promise<SubjectRows> {
  const fileOf = (part: CevalSplit): string => join(directory, cevalFile(subject, part));
  const read = async (part: CevalSplit): Promise<ChoiceQuestion[]> =>
    (await readCsvWithHeader(fileOf(part), COLUMNS[part], signal)).map((row) =>
      toQuestion(row, part),
    );
  const [dev, questions] = await Promise.all([read("dev"), read(split)]);
  return { subject, dev, devFile: fileOf("dev"), questions };
}

function toQuestion({ file, row, cells }: CsvRow, split: CevalSplit): ChoiceQuestion {
  const [, question = "", ...rest] = cells;
  const options = rest.slice(0, 4);
  if (split === "test") return { question, options, answer: null };
  const answer = answerLetter(strip(rest[4] ?? "").toUpperCase(), { file, row });
  return { question, options, answer };
}
