import { mkdir, mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One write or read of the system takes at most 2 GiB; smaller pieces let an abort through. */
const PIECE_BYTES = 64 * 2 ** 20;

/** Options of a spill file. */
export interface SpillFileOptions {
  /** Folder to put it in; default: the system's temporary folder. */
  readonly directory?: string | undefined;
}

/**
 * Numbers that are too many for memory: written one after another, then read in the same order.
 *
 * Nobody else may read the file. Where the system lets go of a name in use (not Windows) it loses its name at once, so
 * that nothing is left even if the process is killed; elsewhere `dispose` removes it.
 */
export class SpillFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #directory: string;
  #written = 0;
  #read = 0;

  private constructor(handle: FileHandle, directory: string) {
    this.#handle = handle;
    this.#directory = directory;
  }

  /** An empty file. */
  static async create({ directory = tmpdir() }: SpillFileOptions = {}): Promise<SpillFile> {
    await mkdir(directory, { recursive: true });
    const own = await mkdtemp(join(directory, "baichuan2-spill-"));
    try {
      const handle = await open(join(own, "states"), "wx+", 0o600);
      if (process.platform !== "win32") await remove(own);
      return new SpillFile(handle, own);
    } catch (error) {
      await remove(own);
      throw error;
    }
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.#written;
  }

  /**
   * Appends numbers.
   *
   * @throws the system's error, with code ENOSPC where the disk is full; the signal's reason when it aborts.
   */
  async write(values: Float32Array, signal?: AbortSignal): Promise<void> {
    this.#written = await inPieces(values, this.#written, signal, (bytes, position) =>
      this.#handle.write(bytes, 0, bytes.byteLength, position).then((done) => done.bytesWritten),
    );
  }

  /**
   * Reads the next numbers, from the first written on.
   *
   * @param values - Filled whole.
   * @throws {RangeError} if fewer are left.
   */
  async read(values: Float32Array, signal?: AbortSignal): Promise<void> {
    const left = this.#written - this.#read;
    if (values.byteLength > left)
      throw new RangeError(`spill file: expected ${values.byteLength} bytes, got the last ${left}`);
    this.#read = await inPieces(values, this.#read, signal, (bytes, position) =>
      this.#handle.read(bytes, 0, bytes.byteLength, position).then((done) => done.bytesRead),
    );
  }

  /** Closes and removes the file. */
  async dispose(): Promise<void> {
    await this.#handle.close();
    await remove(this.#directory);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** Moves all bytes of an array from or to a position; the system may move less at once than it is asked to. */
async function inPieces(
  { buffer, byteOffset, byteLength }: Float32Array,
  position: number,
  signal: AbortSignal | undefined,
  move: (bytes: Uint8Array, position: number) => Promise<number>,
): Promise<number> {
  for (let done = 0; done < byteLength;) {
    signal?.throwIfAborted();
    const length = Math.min(PIECE_BYTES, byteLength - done);
    const moved = await move(new Uint8Array(buffer, byteOffset + done, length), position + done);
    if (moved === 0) throw new RangeError("spill file: expected more bytes, got the file's end");
    done += moved;
  }
  return position + byteLength;
}

function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
