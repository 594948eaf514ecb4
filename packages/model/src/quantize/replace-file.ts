import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { writeError } from "../checkpoint/write-error.ts";

/** What marks files that have not got their final name. */
export const TEMPORARY = ".tmp-";

/**
 * Writes a small file that is whole whenever it is there under its name.
 *
 * @throws {CheckpointError} if it cannot be written.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString("hex")}`;
  try {
    {
      await using handle = await open(temporary, "wx");
      await handle.writeFile(content);
      await handle.sync();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw writeError(path, cause);
  }
}
