import { readdir } from "node:fs/promises";
import { DATA_HINT, EvalDataError } from "./eval-data-error.ts";

/** Most files of a folder that are looked at: a hundred times what any benchmark has. CWE-770. */
const MAX_FILES = 2 ** 20;

/**
 * Names in a folder.
 *
 * @throws {EvalDataError} if there is no such folder, or it cannot be one of a benchmark.
 */
export async function listFolder(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    const [expected, actual] = ["a folder", "nothing"];
    throw new EvalDataError({
      file: folder,
      expected,
      actual,
      hint: DATA_HINT,
      isMissing: true,
      cause,
    });
  });
  if (names.length <= MAX_FILES) return names;
  const expected = `at most ${MAX_FILES} files`;
  throw new EvalDataError({ file: folder, expected, actual: `${names.length}` });
}
