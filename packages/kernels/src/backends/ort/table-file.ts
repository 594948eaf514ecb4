import { closeSync, openSync, readSync } from "node:fs";
import { DeviceError } from "../../graph/errors.ts";
import type { WeightLocation } from "./weight-store.ts";

/**
 * The weights' file, held open for the rows of its tables. Reads block; they cost a few microseconds a row, since the system
 * keeps the file's used pages in memory that it takes back when it wants to.
 */
export class TableFile {
  readonly #path: string;
  #descriptor: number | undefined;

  /** @throws if the file cannot be opened. It may be unlinked afterwards, where the system can do that. */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, "r");
  }

  /**
   * See `ReadBytes`.
   *
   * @throws {DeviceError} if the file ends before, or its disk fails.
   */
  readonly read = ({ offset: start }: WeightLocation, offset: number, into: Uint8Array): void => {
    for (let done = 0; done < into.length;) {
      const bytesRead = this.#readSome(into, done, start + offset + done);
      if (bytesRead === 0) throw this.#error(`${into.length} bytes`, `${done}`);
      done += bytesRead;
    }
  };

  /** Harmless if it is closed already. */
  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  #readSome(into: Uint8Array, start: number, position: number): number {
    if (this.#descriptor === undefined) throw this.#error("an open file", "a closed one");
    try {
      return readSync(this.#descriptor, into, start, into.length - start, position);
    } catch (cause) {
      throw this.#error("to read a row", String(cause), { cause });
    }
  }

  #error(expected: string, actual: string, options?: ErrorOptions): DeviceError {
    return new DeviceError(
      "ort",
      `table in ${this.#path}: expected ${expected}, got ${actual}`,
      options,
    );
  }
}
