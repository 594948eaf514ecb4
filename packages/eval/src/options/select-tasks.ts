import { join } from "node:path";
import type { LoadOptions } from "../benchmark.ts";
import { DATA_HINT, EvalDataError } from "../data/eval-data-error.ts";
import { EvalOptionError } from "./eval-option-error.ts";
import { isThere } from "../data/is-there.ts";

/**
 * The tasks that are to be read: those that were asked for, or all whose rows are there.
 *
 * @param names - All that there are.
 * @param pathOf - Where the rows of one are, below the benchmark's folder; a folder's path ends in a slash.
 * @throws {EvalOptionError} for a name that is none.
 * @throws {EvalDataError} if nothing is there.
 */
export async function selectTasks(
  { directory, tasks }: Pick<LoadOptions, "directory" | "tasks">,
  names: readonly string[],
  pathOf: (name: string) => string,
): Promise<readonly string[]> {
  const stranger = tasks?.find((task) => !names.includes(task));
  if (stranger !== undefined)
    throw new EvalOptionError("tasks", `some of ${names.join(", ")}`, stranger);
  const found = await Promise.all(
    names.map(async (name) =>
      tasks === undefined ? await isThere(join(directory, pathOf(name))) : tasks.includes(name),
    ),
  );
  const present = names.filter((_, index) => found[index]);
  if (present.length > 0) return present;
  const [expected, actual] = ["the files of a benchmark", "none of them"];
  throw new EvalDataError({ file: directory, expected, actual, hint: DATA_HINT, isMissing: true });
}
