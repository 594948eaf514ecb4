import { TokenizerError } from "../tokenizer-error.ts";

/** Wire types of protobuf that SentencePiece's messages use; groups (3, 4) are long deprecated. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A varint holds 64 bits in at most ten bytes; a longer one is damage. */
const MAX_VARINT_BYTES = 10;

/** Reads the fields of one protobuf message: `while (reader.next()) switch (reader.field) …`. */
export class WireReader {
  /** Number of the current field. */
  field = 0;
  /** Offset of the next unread byte; after `next`, of the field's value. */
  position: number;
  #wireType = VARINT;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length, view = viewOf(bytes)) {
    this.#bytes = bytes;
    this.#view = view;
    this.position = start;
    this.#end = end;
  }

  /** Goes to the next field, whose value must then be read or skipped; `false` at the end. */
  next(): boolean {
    if (this.position >= this.#end) return false;
    const start = this.position;
    const key = this.#readVarint();
    this.field = Math.floor(key / 8);
    this.#wireType = key % 8;
    if (this.field === 0) throw this.#damage("a field number above 0", "0", start);
    return true;
  }

  varint(): number {
    this.#expect(VARINT);
    return this.#readVarint();
  }

  bool(): boolean {
    return this.varint() !== 0;
  }

  float32(): number {
    this.#expect(FIXED32);
    const start = this.#advance(4);
    return this.#view.getFloat32(start, true);
  }

  /** A string or bytes value, as a view of the file. */
  bytes(): Uint8Array {
    const start = this.span();
    return this.#bytes.subarray(start, this.position);
  }

  /** Offset in the file of a string or bytes value, which ends at `position` then. */
  span(): number {
    this.#expect(LENGTH_DELIMITED);
    return this.#advance(this.#readVarint());
  }

  /** A reader of an embedded message. */
  message(): WireReader {
    const start = this.span();
    return new WireReader(this.#bytes, start, this.position, this.#view);
  }

  skip(): void {
    if (this.#wireType === VARINT) this.#readVarint();
    else if (this.#wireType === FIXED64) this.#advance(8);
    else if (this.#wireType === FIXED32) this.#advance(4);
    else if (this.#wireType === LENGTH_DELIMITED) this.#advance(this.#readVarint());
    else throw this.#damage("a protobuf wire type", `${this.#wireType}`, this.position);
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType)
      throw this.#damage(
        `wire type ${wireType} for field ${this.field}`,
        `${this.#wireType}`,
        this.position,
      );
  }

  /** Moves past `length` bytes; returns the offset of the first. */
  #advance(length: number): number {
    const start = this.position;
    if (length > this.#end - start)
      throw this.#damage(`${length} more bytes`, `${this.#end - start}`, start);
    this.position = start + length;
    return start;
  }

  /** Values above 2^53 lose precision; no field of a tokenizer model that is used holds one. */
  #readVarint(): number {
    const start = this.position;
    let value = 0;
    let factor = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.#advance(1)] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw this.#damage("a varint of at most 10 bytes", "a longer one", start);
  }

  #damage(expected: string, actual: string, offset: number): TokenizerError {
    return new TokenizerError({
      where: `tokenizer model, byte ${offset}`,
      expected,
      actual,
      hint: "the file is truncated, damaged, or not a SentencePiece model; download it again",
      offset,
    });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
