import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

/** Folder of the golden data; it lies beside the repository and is not part of it. */
const dataUrl = new URL("../../../shared/data/", import.meta.url);

/**
 * Absolute path of a file of the golden data.
 *
 * @param path - Path below the data folder, e.g. `model/models/t7/bin-bf16`.
 */
export function sharedData(path: string): string {
  return fileURLToPath(new URL(path, dataUrl));
}

/** Whether a file or folder of the golden data is on this machine. */
export function hasSharedData(path: string): boolean {
  return existsSync(sharedData(path));
}

/**
 * A `describe` that runs only where the golden data is; elsewhere one skipped test stands for it and says why. The suite's
 * body is then not even collected: it reads the data.
 *
 * @param title - Title of the suite.
 * @param path - The file or folder of the golden data the suite reads.
 */
export function describeShared(title: string, path: string, suite: () => void): void {
  const isThere = hasSharedData(path);
  describe(title, () => {
    if (isThere) suite();
    else it("needs data", ({ skip }) => skip(`golden data ${path} is not beside this clone`));
  });
}
