import { listFolder } from "./list-folder.ts";
import { parseRows } from "./read-csv.ts";
import { readPacked } from "./read-json.ts";

/**
 * Rows of a file as benchmarks count them: of a table, its header among them; of JSON, the items of the list that it is or holds;
 * of other texts, lines; of a folder (a path that ends in `/`), files.
 *
 * @throws {EvalDataError} if it cannot be read.
 */
export async function countRows(path: string, signal?: AbortSignal): Promise<number> {
  if (path.endsWith("/")) return (await listFolder(path)).length;
  const text = await readPacked(path, signal);
  if (path.endsWith(".csv")) return parseRows(text, path).length;
  return (path.endsWith(".json") ? itemsOf(text) : undefined) ?? linesOf(text);
}

function linesOf(text: string): number {
  return text.split("\n").filter((line) => line.trim() !== "").length;
}

/** Items of the list that a text is, or holds as one of its fields; undefined: it is neither (JSON lines may end in `.json`). */
function itemsOf(text: string): number | undefined {
  try {
    const json: unknown = JSON.parse(text);
    const values: unknown[] = Array.isArray(json) ? [json] : Object.values(json as object);
    return values.find((value) => Array.isArray(value))?.length;
  } catch {
    return undefined;
  }
}
