import { join } from "node:path";
import { answerLetter } from "../../choice/answer-letter.ts";
import type { ChoiceQuestion } from "../../choice/choice-question.ts";
import type { SubjectRows } from "../../choice/choice-samples.ts";
import { readCsvWithHeader, type CsvRow } from "../../data/read-csv.ts";

/** The first column counts rows and has no name. */
const COLUMNS = ["", "Question", "A", "B", "C", "D", "Answer"];

/** A file of CMMLU, below its folder. */
export function cmmluFile(subject: string, split: string): string {
  return join(split, `${subject}.csv`);
}

/**
 * Reads the rows of a subject.
 *
 * @param directory - The folder of CMMLU, with `dev` and `test` in it.
 * @throws {EvalDataError} for a row whose answer is no letter.
 */
export async function loadCmmluSubject(
  directory: string,
  subject: string,
  signal?: AbortSignal,
): Promise<SubjectRows> {
  const fileOf = (split: string): string => join(directory, cmmluFile(subject, split));
  const read = async (split: string): Promise<ChoiceQuestion[]> =>
    (await readCsvWithHeader(fileOf(split), COLUMNS, signal)).map(toQuestion);
  const [dev, questions] = await Promise.all([read("dev"), read("test")]);
  return { subject, dev, devFile: fileOf("dev"), questions };
}

function toQuestion({ file, row, cells }: CsvRow): ChoiceQuestion {
  const [, question = "", ...rest] = cells;
  const answer = answerLetter(rest.at(-1) ?? "", { file, row });
  return { question, options: rest.slice(0, -1), answer };
}
