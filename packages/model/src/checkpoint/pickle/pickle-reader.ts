import { CheckpointError } from "../checkpoint-error.ts";

/** The bytes end inside an opcode: the file is truncated, or more of it must be read first. */
export class PickleEnd extends Error {
  override readonly name = "PickleEnd";
}

/** Longest string, in bytes: keys are below 200, and nothing else in a state dict is long. */
export const MAX_STRING_BYTES = 1 << 20;
/** Longest integer, in bytes: the magic number of the legacy format has 10. */
export const MAX_LONG_BYTES = 16;

/** A cursor over the bytes of a pickle. */
export class PickleReader {
  /** Offset of the next byte, from the start of `bytes`. */
  offset: number;
  /** Path of the file, for errors. */
  readonly file: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(file: string, bytes: Uint8Array, offset = 0) {
    this.file = file;
    this.offset = offset;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Big-endian, as pickles store floats. */
  f64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Two's complement, little-endian; a number where it fits one exactly. */
  long(length: number): number | bigint {
    if (length > MAX_LONG_BYTES)
      this.fail(`expected an integer of at most ${MAX_LONG_BYTES} bytes, got ${length}`);
    const bytes = this.bytes(length);
    let value = 0n;
    for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
    const signed = BigInt.asIntN(8 * length, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  bytes(length: number): Uint8Array {
    if (!(length <= MAX_STRING_BYTES))
      this.fail(`expected a string of at most ${MAX_STRING_BYTES} bytes, got ${length}`);
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  text(length: number): string {
    return this.#decode(this.bytes(length));
  }

  /** Text up to a line feed, which is skipped. */
  line(): string {
    const limit = Math.min(this.#bytes.length, this.offset + MAX_STRING_BYTES);
    const end = this.#bytes.subarray(this.offset, limit).indexOf(0x0a);
    if (end < 0) {
      if (limit === this.#bytes.length) throw new PickleEnd();
      this.fail(`expected a line of at most ${MAX_STRING_BYTES} bytes`);
    }
    const text = this.#decode(this.bytes(end));
    this.offset += 1;
    return text;
  }

  fail(problem: string, cause?: unknown): never {
    throw new CheckpointError(this.file, `pickle at byte ${this.offset}: ${problem}`, { cause });
  }

  #decode(bytes: Uint8Array): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      return this.fail("expected UTF-8 text, got other bytes", cause);
    }
  }

  #advance(length: number): number {
    const start = this.offset;
    if (start + length > this.#bytes.length) throw new PickleEnd();
    this.offset += length;
    return start;
  }
}
