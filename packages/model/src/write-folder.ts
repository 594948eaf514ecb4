import { randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** What marks a folder that is not whole. */
export const UNFINISHED = ".unfinished-";

/** Options of `writeFolder`. */
export interface WriteFolderOptions {
  /** Whether it takes the place of what has its name already; else nothing must. Default true. */
  readonly replaces?: boolean | undefined;
}

/**
 * Fills a folder that is there whole or not at all: it is made under another name (`{path}.unfinished-…`), then takes its
 * own.
 *
 * @param fill - Writes into the folder.
 * @throws what `fill` throws, or the system's error; nothing is left then.
 */
export async function writeFolder(
  path: string,
  fill: (directory: string) => Promise<void>,
  { replaces = true }: WriteFolderOptions = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}${UNFINISHED}${randomBytes(6).toString("hex")}`;
  await mkdir(unfinished);
  try {
    await fill(unfinished);
    const old = `${unfinished}.old`;
    const hadOld = replaces && (await isMoved(path, old));
    await rename(unfinished, path);
    if (hadOld) await rm(old, { recursive: true });
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

function isMoved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}
