import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";
import { DataError } from "./data-error.ts";
import { parseExample, type Example } from "./example.ts";

/** A JSON text in memory becomes one string, which V8 limits to half a gigabyte; larger data should be JSONL. */
const MAX_JSON_BYTES = 400e6;

/** A line that is longer is no row of text. */
const MAX_LINE_CHARACTERS = 64 * 2 ** 20;

/**
 * Rows of a file: a JSON array, or one JSON value a line (`.jsonl`), either with `.gz` behind.
 *
 * JSONL is read line by line; of an array the whole text is in memory.
 *
 * @throws {DataError} if the file cannot be read, or names the row that is wrong.
 */
export async function* readExamples(
  path: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Example> {
  const isLines = /\.jsonl(\.gz)?$/.test(path);
  const rows = isLines ? readLines(path, signal) : readArray(path, signal);
  let row = 0;
  for await (const value of rows) {
    signal?.throwIfAborted();
    row += 1;
    yield parseExample(value, `${path}, row ${row}`);
  }
  if (row === 0) throw new DataError(path, "at least one row", "none");
}

async function* readArray(path: string, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
  const bytes = await readBytes(path, signal);
  if (bytes.length > MAX_JSON_BYTES)
    throw new DataError(
      path,
      `at most ${MAX_JSON_BYTES / 1e6} MB of JSON`,
      `${bytes.length} bytes`,
    );
  const rows = parseJson(bytes.toString("utf8"), path);
  if (!Array.isArray(rows)) throw new DataError(path, "an array of rows", typeof rows);
  yield* rows as unknown[];
}

async function readBytes(path: string, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    const bytes = await readFile(path, { signal });
    if (!path.endsWith(".gz")) return bytes;
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_JSON_BYTES });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new DataError(path, "a file that can be read", String(cause), { cause });
  }
}

async function* readLines(path: string, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
  const file = createReadStream(path, signal ? { signal } : {});
  const input: Readable = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  if (input !== file) file.on("error", (error) => input.destroy(error));
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      if (line.length > MAX_LINE_CHARACTERS)
        throw new DataError(`${path}, line ${number}`, "a row", `${line.length} characters`);
      if (line.trim() !== "") yield parseJson(line, `${path}, line ${number}`);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof DataError) throw cause;
    throw new DataError(path, "a file that can be read", String(cause), { cause });
  } finally {
    file.destroy();
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(where, "JSON", String(cause), { cause });
  }
}
