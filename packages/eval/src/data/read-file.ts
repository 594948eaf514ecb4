import { readFile, stat } from "node:fs/promises";
import { DATA_HINT, EvalDataError } from "./eval-data-error.ts";

/** Largest file that is read: ten times the largest of any benchmark (MedMCQA's train.json, 130 MB). CWE-770. */
const MAX_BYTES = 2 ** 30;

/**
 * Reads a file of a benchmark.
 *
 * @throws {EvalDataError} if it is not there or is no file of a size that can be right.
 */
export async function readBytes(file: string, signal?: AbortSignal): Promise<Buffer> {
  const { size } = await statFile(file);
  if (size > MAX_BYTES)
    throw new EvalDataError({ file, expected: `at most ${MAX_BYTES} bytes`, actual: `${size}` });
  return await readFile(file, { signal });
}

async function statFile(file: string): Promise<{ readonly size: number }> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new EvalDataError({
      file,
      expected: "a file",
      actual: "nothing",
      hint: DATA_HINT,
      isMissing: true,
      cause,
    });
  });
  if (!found.isFile())
    throw new EvalDataError({
      file,
      expected: "a file",
      actual: "something else",
      hint: DATA_HINT,
    });
  return found;
}

/**
 * Reads a text, without a byte order mark.
 *
 * @throws {EvalDataError} also if it is not UTF-8.
 */
export async function readText(file: string, signal?: AbortSignal): Promise<string> {
  return toText(await readBytes(file, signal), file);
}

/** @throws {EvalDataError} if the bytes are not UTF-8. */
export function toText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EvalDataError({ file, expected: "UTF-8", actual: "other bytes", cause });
  }
}
