import { join } from "node:path";
import type { ChoiceQuestion } from "../../choice/choice-question.ts";
import type { SubjectRows } from "../../choice/choice-samples.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
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
  const answer = rest.at(-1)?.trim() ?? "";
  if (!/^[A-D]$/.test(answer))
    throw new EvalDataError({ file, row, expected: "A to D in the last cell", actual: answer });
  return { question, options: rest.slice(0, -1), answer };
}
