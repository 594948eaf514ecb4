import { fileURLToPath } from "node:url";
import { UsageError } from "./exit-codes.ts";
import type { Cli } from "./io.ts";
import { exists } from "./model-options.ts";

// `src` and `dist` are equally deep: the path holds for the source and for the bundle.
const directory = fileURLToPath(new URL("../../../tooling/tiny-chat/model", import.meta.url));

/**
 * Directory of the model that comes with the program.
 *
 * @throws {UsageError} where it was left out.
 */
export async function bundledModel({ t }: Cli): Promise<string> {
  if (!(await exists(directory)))
    throw new UsageError(t("error.bundledMissing", { path: directory }));
  return directory;
}
