import { join } from "node:path";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { readCsvWithHeader } from "../../data/read-csv.ts";
import { parseLiteral } from "../../python/literal.ts";
import type { AgievalExample } from "./agieval-prompt.ts";
import { agievalSchema, toRow, type AgievalRow } from "./load-agieval.ts";
import { EXAMPLE_COLUMNS, type AgievalTask } from "./tasks.ts";

/** The table of examples, below the benchmark's folder. */
export const EXAMPLE_PATH = "data/few_shot_prompts.csv";

/**
 * Reads the table of examples: pairs of rows, of which the first holds a question of each task as a Python dict, and the second its
 * explanation. Columns are of different lengths.
 *
 * @returns the examples of a task.
 * @throws {EvalDataError} for a cell that is no question; at once if the table is not there.
 */
export async function readExampleTable(
  directory: string,
  signal?: AbortSignal,
): Promise<(name: string, task: AgievalTask) => AgievalExample[]> {
  const file = join(directory, EXAMPLE_PATH);
  const rows = await readCsvWithHeader(file, EXAMPLE_COLUMNS, signal);
  const cellsOf = (column: number, isQuestion: boolean): { row: number; cell: string }[] =>
    rows
      .map(({ row, cells }) => ({ row, cell: cells[column] ?? "" }))
      .filter(({ row, cell }) => cell !== "" && (row % 2 === 1) === isQuestion);
  return (name, task) => {
    const column = EXAMPLE_COLUMNS.indexOf(task.examples ?? name);
    const explanations = cellsOf(column, false);
    return cellsOf(column, true)
      .slice(0, explanations.length)
      .map(({ row, cell }, index) => ({
        row: toQuestion(cell, task, { file, row }),
        explanation: explanations[index]?.cell.replaceAll("\n\n", "\n") ?? "",
      }));
  };
}

function toQuestion(
  cell: string,
  task: AgievalTask,
  where: { readonly file: string; readonly row: number },
): AgievalRow {
  const parsed = agievalSchema.safeParse(literalOf(cell, where));
  if (!parsed.success) {
    const actual = parsed.error.issues[0]?.message ?? "something else";
    throw new EvalDataError({ ...where, expected: "a question", actual, cause: parsed.error });
  }
  const row = toRow(parsed.data, task, where);
  return task.isWithoutPassage ? { ...row, passage: "" } : row;
}

function literalOf(cell: string, where: { readonly file: string; readonly row: number }): unknown {
  try {
    return parseLiteral(cell);
  } catch (cause) {
    throw new EvalDataError({ ...where, expected: "a Python dict", actual: String(cause), cause });
  }
}
