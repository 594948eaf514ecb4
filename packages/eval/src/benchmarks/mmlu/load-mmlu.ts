import { join } from "node:path";
import { answerLetter } from "../../choice/answer-letter.ts";
import type { ChoiceQuestion } from "../../choice/choice-question.ts";
import type { SubjectRows } from "../../choice/choice-samples.ts";
import { readCsv, type CsvRow } from "../../data/read-csv.ts";

const COLUMNS = 6;

/** A file of MMLU, below its folder. */
export function mmluFile(subject: string, split: string): string {
  return join("data", split, `${subject}_${split}.csv`);
}

/**
 * Reads the rows of a subject.
 *
 * @param directory - The folder of MMLU, with `data` in it.
 * @throws {EvalDataError} for a row whose last cell is no letter.
 */
export async function loadMmluSubject(
  directory: string,
  subject: string,
  { split, signal }: { readonly split: string; readonly signal?: AbortSignal | undefined },
): Promise<SubjectRows> {
  const fileOf = (part: string): string => join(directory, mmluFile(subject, part));
  const read = async (part: string): Promise<ChoiceQuestion[]> =>
    (await readCsv(fileOf(part), { columns: COLUMNS, signal })).map(toQuestion);
  const [dev, questions] = await Promise.all([read("dev"), read(split)]);
  return { subject, dev, devFile: fileOf("dev"), questions };
}

function toQuestion({ file, row, cells }: CsvRow): ChoiceQuestion {
  const [question = "", ...rest] = cells;
  const answer = answerLetter(rest.at(-1)?.trim() ?? "", { file, row });
  return { question, options: rest.slice(0, -1), answer };
}
