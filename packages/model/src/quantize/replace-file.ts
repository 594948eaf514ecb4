import { writeError } from "../checkpoint/write-error.ts";
import { writeWhole } from "../write-whole.ts";

/**
 * Writes a small file that is whole whenever it is there under its name.
 *
 * @throws {CheckpointError} if it cannot be written.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeWhole(path, (handle) => handle.writeFile(content));
  } catch (cause) {
    throw writeError(path, cause);
  }
}
