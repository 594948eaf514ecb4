import { join } from "node:path";
import { z } from "zod";
import { EvalDataError } from "../../data/eval-data-error.ts";
import { listFolder } from "../../data/list-folder.ts";
import { readJson } from "../../data/read-json.ts";

/** A problem of a subject. */
export interface MathRow {
  readonly file: string;
  /** The file's name, which is a number. */
  readonly number: number;
  readonly problem: string;
  readonly solution: string;
}

const schema = z.object({
  problem: z.string(),
  level: z.string(),
  type: z.string(),
  solution: z.string(),
});

/** The folder of a subject's problems, below the benchmark's. */
export function subjectPath(subject: string): string {
  return `MATH/test/${subject}/`;
}

/**
 * Reads the problems of a subject, in the order of their numbers; other files are left alone.
 *
 * @throws {EvalDataError} if there are none, or one is not what it should be.
 */
export async function loadMathSubject(
  directory: string,
  subject: string,
  signal?: AbortSignal,
): Promise<readonly MathRow[]> {
  const folder = join(directory, subjectPath(subject));
  const names = (await listFolder(folder)).flatMap(
    (name) => /^(0|[1-9][0-9]*)\.json$/.exec(name)?.[1] ?? [],
  );
  if (names.length === 0)
    throw new EvalDataError({ file: folder, expected: "files like 0.json", actual: "none" });
  const numbers = names.map(Number).toSorted((left, right) => left - right);
  const rows: MathRow[] = [];
  // One by one: more than a thousand open at a time are too many for some systems.
  for (const number of numbers) {
    const file = join(folder, `${number}.json`);
    const { problem, solution } = await readJson(file, schema, signal);
    rows.push({ file, number, problem, solution });
  }
  return rows;
}
