import { z } from "zod";
import { readJsonLines } from "../../data/read-json.ts";

const schema = z.object({
  task_id: z.string(),
  prompt: z.string(),
  entry_point: z.string().regex(/^\w+$/),
  canonical_solution: z.string(),
  test: z.string(),
});

/** A function that is to be written. */
export interface HumanEvalProblem {
  /** Imports, signature and description. */
  readonly prompt: string;
  /** The function's name. */
  readonly entryPoint: string;
  readonly solution: string;
  /** Source of a function `check`. */
  readonly test: string;
}

/** Reads the problems, in the file's order. */
export async function loadHumanEval(
  file: string,
  signal?: AbortSignal,
): Promise<HumanEvalProblem[]> {
  const rows = await readJsonLines(file, schema, signal);
  return rows.map(({ value }) => ({
    prompt: value.prompt,
    entryPoint: value.entry_point,
    solution: value.canonical_solution,
    test: value.test,
  }));
}
