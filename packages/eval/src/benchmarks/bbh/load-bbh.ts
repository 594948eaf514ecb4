import { join } from "node:path";
import { z } from "zod";
import { readText } from "../../data/read-file.ts";
import { readJson } from "../../data/read-json.ts";
import { parseExamples, type TaskExamples } from "./prompt.ts";

/** A question of a task. */
export interface BbhRow {
  readonly input: string;
  readonly target: string;
}

/** Rows and worked examples of a task. */
export interface BbhTaskRows {
  readonly name: string;
  readonly rows: readonly BbhRow[];
  readonly examples: TaskExamples;
}

const schema = z.object({
  examples: z.array(z.object({ input: z.string(), target: z.string() })).min(1),
});

/** Where a task's rows are, below the benchmark's folder. */
export function rowsPath(task: string): string {
  return `bbh/${task}.json`;
}

/** Where a task's worked examples are, below the benchmark's folder. */
export function examplesPath(task: string): string {
  return `cot-prompts/${task}.txt`;
}

/**
 * Reads the rows and the worked examples of a task.
 *
 * @throws {EvalDataError} if one of the files is missing or is not what it should be.
 */
export async function loadBbhTask(
  directory: string,
  name: string,
  signal?: AbortSignal,
): Promise<BbhTaskRows> {
  const file = join(directory, examplesPath(name));
  const [{ examples: rows }, text] = await Promise.all([
    readJson(join(directory, rowsPath(name)), schema, signal),
    readText(file, signal),
  ]);
  return { name, rows, examples: parseExamples(text, file) };
}
