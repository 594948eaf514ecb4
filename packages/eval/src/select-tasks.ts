import type { LoadOptions } from "./benchmark.ts";
import { EvalDataError } from "./data/eval-data-error.ts";

/**
 * The tasks that are to be read: those that were asked for, or all whose files are there.
 *
 * @param names - All that there are.
 * @param isThere - Whether the rows of one are there.
 * @throws {EvalDataError} for a name that is none, and if nothing is there.
 */
export async function selectTasks(
  { directory, tasks }: Pick<LoadOptions, "directory" | "tasks">,
  names: readonly string[],
  isThere: (name: string) => Promise<boolean>,
): Promise<{ readonly present: readonly string[]; readonly missing: readonly string[] }> {
  const stranger = tasks?.find((task) => !names.includes(task));
  if (stranger !== undefined)
    throw new EvalDataError({ file: directory, expected: "a task of it", actual: stranger });
  const wanted = names.filter((name) => tasks?.includes(name) ?? true);
  const found = await Promise.all(wanted.map(isThere));
  const present = wanted.filter((_, index) => found[index] || tasks !== undefined);
  if (present.length === 0)
    throw new EvalDataError({
      file: directory,
      expected: "the files of a benchmark",
      actual: "none of them",
      hint: "`baichuan2 eval data --list` tells where to get them",
    });
  return { present, missing: wanted.filter((name) => !present.includes(name)) };
}
