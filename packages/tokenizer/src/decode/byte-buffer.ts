import {
  codePointAt,
  expectedLength,
  isSequencePrefix,
  REPLACEMENT_CHARACTER,
} from "../text/utf8.ts";

/** Bytes of a UTF-8 text that come one by one; holds the incomplete sequence at the end. */
export class ByteBuffer {
  readonly #bytes = new Uint8Array(4);
  #count = 0;

  /** Takes a byte; returns what has become certain: characters, and one U+FFFD per invalid byte. */
  push(byte: number): string {
    this.#bytes[this.#count++] = byte;
    let text = "";
    while (this.#count > 0) {
      const length = expectedLength(this.#bytes[0] ?? 0);
      if (length === 0 || !isSequencePrefix(this.#bytes, 0, Math.min(length, this.#count))) {
        text += REPLACEMENT_CHARACTER;
        this.#drop(1);
      } else if (this.#count >= length) {
        text += String.fromCodePoint(codePointAt(this.#bytes, 0, length));
        this.#drop(length);
      } else break;
    }
    return text;
  }

  /** Gives up on the incomplete sequence: one U+FFFD for each of its bytes. */
  flush(): string {
    const text = REPLACEMENT_CHARACTER.repeat(this.#count);
    this.#count = 0;
    return text;
  }

  #drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#count);
    this.#count -= count;
  }
}
