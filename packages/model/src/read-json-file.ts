import { readFile } from "node:fs/promises";
import { CheckpointError } from "./checkpoint/checkpoint-error.ts";

/**
 * The content of one of a model's JSON files.
 *
 * @returns the parsed value; undefined if there is no such file.
 * @throws {CheckpointError} if the file is not JSON.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(path, `expected JSON, got ${reason}`, { cause });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
