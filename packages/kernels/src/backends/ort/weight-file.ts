import { open, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DeviceError } from "../../graph/errors.ts";
import type { WeightLocation, WeightStore } from "./weight-store.ts";

/** A file that weights are written to, one after another, and that a session maps. */
export class WeightFile implements WeightStore {
  readonly path: string;
  readonly #file: FileHandle;
  #end = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Makes the file; an existing one is emptied. */
  static async create(path: string): Promise<WeightFile> {
    return new WeightFile(path, await open(path, "w+"));
  }

  /** Bytes up to the end of the last reserved room. */
  get sizeBytes(): number {
    return this.#end;
  }

  async reserve(sizeBytes: number): Promise<WeightLocation> {
    const offset = Math.ceil(this.#end / MAP_ALIGNMENT) * MAP_ALIGNMENT;
    this.#end = offset + sizeBytes;
    return { file: basename(this.path), offset, sizeBytes };
  }

  async write(location: WeightLocation, offset: number, bytes: Uint8Array): Promise<void> {
    const start = location.offset + offset;
    try {
      for (let done = 0; done < bytes.length;) {
        const left = bytes.length - done;
        done += (await this.#file.write(bytes, done, left, start + done)).bytesWritten;
      }
    } catch (cause) {
      const message = `expected room for the weights in ${dirname(this.path)}, got ${String(cause)} (free disk space or set another folder)`;
      throw new DeviceError("ort", message, { cause });
    }
  }

  /** Copies a range of another file to a new room of this one. */
  async copy(from: FileHandle, offset: number, sizeBytes: number): Promise<WeightLocation> {
    const location = await this.reserve(sizeBytes);
    const buffer = new Uint8Array(Math.min(sizeBytes, COPY_BYTES));
    for (let done = 0; done < sizeBytes;) {
      const wanted = Math.min(buffer.length, sizeBytes - done);
      const { bytesRead } = await from.read(buffer, 0, wanted, offset + done);
      if (bytesRead === 0)
        throw new DeviceError("ort", `expected ${sizeBytes} bytes to copy, got ${done}`);
      await this.write(location, done, buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
    return location;
  }

  /** Copies a range of another of these files to a new room of this one. */
  append(from: WeightFile, sizeBytes: number, offset = 0): Promise<WeightLocation> {
    return this.copy(from.#file, offset, sizeBytes);
  }

  /** Sets the length: what was reserved and not written is a hole of zeros, what lies beyond is cut off. */
  async truncate(sizeBytes: number): Promise<void> {
    await this.#file.truncate(sizeBytes);
    this.#end = sizeBytes;
  }

  /** Waits until the bytes are on the disk. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** May be called twice. */
  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** File mappings start on a multiple of this on every system (Windows: allocation granularity). */
const MAP_ALIGNMENT = 65_536;

/** Copied at a time. */
const COPY_BYTES = 8 << 20;
