import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { node24, root, run } from "./processes.mjs";
import { packageFolders, progress, SetUpError } from "./set-up.mjs";

/**
 * Runs benches: `bench [package] [filter] [--option …]`. A bench is a plain script
 * `bench/<subject>.bench.ts` of a package or app, run from sources; options (`--json`) go to it unchanged.
 *
 * @param {string[]} args
 * @returns {Promise<number>} the first exit code that is not 0, if any.
 * @throws {SetUpError} if there is no such package, or no bench fits.
 */
export async function bench(args) {
  const [packageName, filter = ""] = args.filter((arg) => !arg.startsWith("--"));
  const options = args.filter((arg) => arg.startsWith("--"));
  let firstFailure = 0;
  for (const file of benchFiles(packageName, filter)) {
    progress(file);
    const code = await run(node24, ["--conditions=@baichuan2/source", file, ...options]);
    firstFailure ||= code;
  }
  return firstFailure;
}

/**
 * @param {string | undefined} packageName - Folder name; all packages if undefined.
 * @param {string} filter - Part of the file name.
 */
function benchFiles(packageName, filter) {
  const folders = packageFolders();
  const chosen = folders.filter(
    (folder) => packageName === undefined || basename(folder) === packageName,
  );
  if (chosen.length === 0)
    throw new SetUpError(
      `bench: expected one of ${folders.map((folder) => basename(folder)).join(", ")}, got "${packageName}"`,
    );
  const files = chosen
    .map((folder) => `${folder}/bench`)
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith(".bench.ts") && basename(path).includes(filter));
  if (files.length === 0)
    throw new SetUpError(
      `bench: expected a bench of ${packageName ?? "any package"} named like "${filter}", found none`,
    );
  return files.sort();
}
