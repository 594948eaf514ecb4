import type { z } from "zod";
import { gunzipSync } from "node:zlib";
import { EvalDataError } from "./eval-data-error.ts";
import { readBytes, toText } from "./read-file.ts";

/** A row, checked, and where it stands. */
export interface JsonRow<Row> {
  readonly file: string;
  /** From 1. */
  readonly row: number;
  readonly value: Row;
}

/** Most bytes that a compressed file may grow to. CWE-409. */
const MAX_UNPACKED_BYTES = 2 ** 28;

/**
 * Reads JSON lines; a name that ends in `.gz` is unpacked.
 *
 * @throws {EvalDataError} for a line that is no JSON, or not of the schema.
 */
export async function readJsonLines<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  signal?: AbortSignal,
): Promise<JsonRow<z.output<Schema>>[]> {
  const text = await readPacked(file, signal);
  return text
    .split("\n")
    .map((line, index) => ({ line, row: index + 1 }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, row }) => ({
      file,
      row,
      value: checked(parsed(line, file, row), schema, { file, row }),
    }));
}

/**
 * Reads a file that is one JSON value.
 *
 * @throws {EvalDataError} if it is no JSON, or not of the schema.
 */
export async function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  signal?: AbortSignal,
): Promise<z.output<Schema>> {
  return checked(parsed(await readPacked(file, signal), file), schema, { file });
}

/** A text that may be packed. @throws {EvalDataError} if it cannot be unpacked. */
export async function readPacked(file: string, signal?: AbortSignal): Promise<string> {
  const bytes = await readBytes(file, signal);
  if (!file.endsWith(".gz")) return toText(bytes, file);
  try {
    return toText(gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }), file);
  } catch (cause) {
    if (cause instanceof EvalDataError) throw cause;
    throw new EvalDataError({ file, expected: "a gzip file", actual: String(cause), cause });
  }
}

function parsed(text: string, file: string, row?: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new EvalDataError({ file, row, expected: "JSON", actual: text.slice(0, 80), cause });
  }
}

function checked<Schema extends z.ZodType>(
  json: unknown,
  schema: Schema,
  where: { readonly file: string; readonly row?: number },
): z.output<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path = [], message } = result.error.issues[0] ?? { message: "something else" };
  const actual = path.length === 0 ? message : `${message} at ${path.join(".")}`;
  throw new EvalDataError({
    ...where,
    expected: "a row of this benchmark",
    actual,
    cause: result.error,
  });
}
