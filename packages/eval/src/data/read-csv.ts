import { CsvError, parse } from "csv-parse/sync";
import { EvalDataError } from "./eval-data-error.ts";
import { readText } from "./read-file.ts";

/** Longest row: a hundred times the longest of any benchmark. */
const MAX_ROW_CHARACTERS = 2 ** 20;

/** A row of a table, and where it stands. */
export interface CsvRow {
  readonly file: string;
  /** From 1; the header, if there is one, is row 0. */
  readonly row: number;
  readonly cells: readonly string[];
}

/**
 * Reads a table: quoted cells may hold line ends, and stay as they are (also a text like `None`, which pandas makes a gap).
 *
 * @param columns - How many each row has.
 * @throws {EvalDataError} if a row has another number of cells.
 */
export async function readCsv(
  file: string,
  { columns, signal }: { readonly columns: number; readonly signal?: AbortSignal | undefined },
): Promise<CsvRow[]> {
  const rows = parseRows(await readText(file, signal), file);
  return rows.map((cells, index) => {
    if (cells.length === columns) return { file, row: index + 1, cells };
    const [expected, actual] = [`${columns} cells`, `${cells.length}`];
    throw new EvalDataError({ file, row: index + 1, expected, actual });
  });
}

/**
 * Reads a table whose first row names its columns.
 *
 * @param header - The names, in order.
 * @throws {EvalDataError} if they are others.
 */
export async function readCsvWithHeader(
  file: string,
  header: readonly string[],
  signal?: AbortSignal,
): Promise<CsvRow[]> {
  const [first, ...rows] = await readCsv(file, { columns: header.length, signal });
  if (first?.cells.join() !== header.join())
    throw new EvalDataError({
      file,
      expected: `the columns ${header.join()}`,
      actual: (first?.cells.join() ?? "none").slice(0, 200),
    });
  return rows.map(({ cells }, index) => ({ file, row: index + 1, cells }));
}

/** Rows of a table, its header among them. @throws {EvalDataError} if it is none. */
export function parseRows(text: string, file: string): string[][] {
  try {
    return parse(text, {
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      max_record_size: MAX_ROW_CHARACTERS,
    });
  } catch (cause) {
    const actual = cause instanceof CsvError ? cause.message : String(cause);
    throw new EvalDataError({ file, expected: "a CSV table", actual, cause });
  }
}
