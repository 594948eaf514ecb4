import { stat } from "node:fs/promises";

/** Whether there is such a file; such a folder, where the path ends in a slash. */
export async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => (path.endsWith("/") ? found.isDirectory() : found.isFile()),
    () => false,
  );
}
