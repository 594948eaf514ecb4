import { open, type FileHandle } from "node:fs/promises";
import { assertRange, type ByteSource, type ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";

/** One system call reads less than 2 GiB; less than that keeps aborting quick. */
const MAX_READ_BYTES = 64 << 20;

/**
 * Opens a file on disk; links are followed, as in the Hugging Face cache.
 *
 * @throws {CheckpointError} if it cannot be opened.
 */
export async function openFileSource(path: string, options?: ReadOptions): Promise<ByteSource> {
  options?.signal?.throwIfAborted();
  const handle = await openHandle(path);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new CheckpointError(path, "expected a file, got something else");
    return fileSource(path, handle, stat.size);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openHandle(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const problem =
      code === "ENOENT"
        ? "expected a file, got none, or a link to one that is not there (an interrupted or cleaned download? download it again)"
        : `cannot be opened (${String(code ?? cause)})`;
    throw new CheckpointError(path, problem, { cause });
  }
}

function fileSource(name: string, handle: FileHandle, size: number): ByteSource {
  let isOpen = true;
  return {
    name,
    size,
    read: async (offset, length, options) => {
      assertRange({ name, size }, offset, length);
      // Every byte is overwritten before the caller sees it, and zeroing gigabytes takes a while.
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      for (let done = 0; done < length;) {
        options?.signal?.throwIfAborted();
        const wanted = Math.min(length - done, MAX_READ_BYTES);
        const { bytesRead } = await handle.read(bytes, done, wanted, offset + done);
        if (bytesRead === 0)
          throw new CheckpointError(name, `the file became shorter while it was read`);
        done += bytesRead;
      }
      options?.signal?.throwIfAborted();
      return bytes;
    },
    close: async () => {
      if (isOpen) await handle.close();
      isOpen = false;
    },
  };
}
