import { join } from "node:path";
import type { ChoiceQuestion } from "../../choice/choice-question.ts";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { readCsv, type CsvRow } from "../../data/read-csv.ts";

/** Rows of a subject. */
export interface MmluSubject {
  readonly subject: string;
  readonly dev: readonly ChoiceQuestion[];
  readonly questions: readonly ChoiceQuestion[];
}

const COLUMNS = 6;

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
): Promise<MmluSubject> {
  const read = async (part: string): Promise<ChoiceQuestion[]> => {
    const file = join(directory, "data", part, `${subject}_${part}.csv`);
    return (await readCsv(file, { columns: COLUMNS, signal })).map(toQuestion);
  };
  const [dev, questions] = await Promise.all([read("dev"), read(split)]);
  return { subject, dev, questions };
}

function toQuestion({ file, row, cells }: CsvRow): ChoiceQuestion {
  const [question = "", ...rest] = cells;
  const answer = rest.at(-1)?.trim() ?? "";
  if (!/^[A-D]$/.test(answer))
    throw new EvalDataError({ file, row, expected: "A to D in the last cell", actual: answer });
  return { question, options: rest.slice(0, -1), answer };
}
