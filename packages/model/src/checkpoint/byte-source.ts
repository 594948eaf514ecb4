import { CheckpointError } from "./checkpoint-error.ts";

/** What every reading function takes. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Random access to the bytes of one file: a file on disk, a Blob, ranges over HTTP.
 *
 * Parsers work over this only, so that they run in a browser too.
 */
export interface ByteSource {
  /** Path or address, for errors. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes from `offset` into a fresh buffer, aligned for typed array views.
   *
   * @throws {CheckpointError} if the range reaches past the end.
   */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** The bytes of a Blob or File (browser), or of anything else that can be sliced the same way. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    read: async (offset, length, options) => {
      options?.signal?.throwIfAborted();
      assertRange({ name, size: blob.size }, offset, length);
      const bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      options?.signal?.throwIfAborted();
      return bytes;
    },
    close: async () => {},
  };
}

/** Refuses a range that is not wholly inside the file. */
export function assertRange(
  source: Pick<ByteSource, "name" | "size">,
  offset: number,
  length: number,
): void {
  const inside =
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= source.size;
  if (inside) return;
  throw new CheckpointError(
    source.name,
    `expected ${length} bytes at offset ${offset}, got the end of the file at ${source.size} (the file is truncated or damaged; download it again)`,
  );
}
