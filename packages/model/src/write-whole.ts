import { randomBytes } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";

/** What marks files that have not got their final name. */
export const TEMPORARY = ".tmp-";

/**
 * Writes a file that is whole whenever it is there under its name: into a temporary one beside it, which then takes its
 * place. Nothing is left behind where that fails.
 *
 * @param write - Writes the content.
 * @throws the system's error, or what `write` throws.
 */
export async function writeWhole(
  path: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString("hex")}`;
  try {
    {
      await using handle = await open(temporary, "wx");
      await write(handle);
      await handle.sync();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
