/**
 * Finds pieces by the text they spell, without making a string of any of them.
 *
 * A span of UTF-16 code units u0 … un has the hash `Σ ui · B^(n-i) mod 2³²`, so the hash of two
 * neighbours together follows from their own: `H(xy) = H(x) · B^|y| + H(y)`. That makes the one question
 * of byte-pair encoding, "is this pair a piece?", two multiplications and one look into a table of
 * integers. A hit is compared unit by unit with the text, so equal hashes cannot make a wrong token.
 *
 * Tried instead: a `Map` from string to id (building it takes a third of the load time, and every
 * question about a pair makes a new string), and a table of (left id, right id) filled on demand (needs a
 * bound on its size, and numbers for characters that are not pieces).
 */
import { TokenizerError } from "../tokenizer-error.ts";
import type { Pieces } from "./sentencepiece-model.ts";

/** B: odd, so that multiplying loses no bits, and with bits all over the word. */
const HASH_BASE = 0x01000193;

/** 2³² divided by the golden ratio: its product's high bits depend on all bits of the hash. */
const SCATTER = 0x9e3779b1;

const EMPTY = -1;

/** The hash of a span one unit longer. */
export function extendHash(hash: number, unit: number): number {
  return (Math.imul(hash, HASH_BASE) + unit) | 0;
}

export class PieceTable {
  /** Length of the longest piece in code units; no longer span is a piece. */
  readonly maxLength: number;
  readonly #units: Uint16Array;
  readonly #offsets: Uint32Array;
  /** Open addressing with linear probing, at most half full. */
  readonly #slotIds: Int32Array;
  readonly #slotHashes: Int32Array;
  readonly #shift: number;
  /** `B^n`, for n up to `maxLength`. */
  readonly #powers: Int32Array;

  /** @throws {TokenizerError} if two pieces spell the same text. */
  constructor({ count, units, offsets }: Pieces) {
    this.#units = units;
    this.#offsets = offsets;
    const bits = Math.ceil(Math.log2(2 * count));
    this.#shift = 32 - bits;
    this.#slotIds = new Int32Array(2 ** bits).fill(EMPTY);
    this.#slotHashes = new Int32Array(2 ** bits);
    let maxLength = 0;
    for (let id = 0; id < count; id++) maxLength = Math.max(maxLength, this.#insert(id));
    this.maxLength = maxLength;
    this.#powers = new Int32Array(maxLength + 1).fill(1);
    for (let n = 1; n <= maxLength; n++)
      this.#powers[n] = Math.imul(this.#powers[n - 1] ?? 0, HASH_BASE);
  }

  /** The hash of two neighbouring spans together; `rightLength` is at most `maxLength`. */
  joinHashes(left: number, right: number, rightLength: number): number {
    return (Math.imul(left, this.#powers[rightLength] ?? 0) + right) | 0;
  }

  /** Id of the piece that `text[start … start + length)`, of the given hash, spells; -1 for none. */
  find(hash: number, text: Uint16Array, start: number, length: number): number {
    const slotIds = this.#slotIds;
    const mask = slotIds.length - 1;
    for (let slot = Math.imul(hash, SCATTER) >>> this.#shift; ; slot = (slot + 1) & mask) {
      const id = slotIds[slot] as number;
      if (id === EMPTY) return EMPTY;
      if (this.#slotHashes[slot] === hash && this.#spells(id, text, start, length)) return id;
    }
  }

  /** Id of the piece that `text` spells; -1 for none. */
  findText(text: string): number {
    if (text.length > this.maxLength) return EMPTY;
    const units = new Uint16Array(text.length);
    let hash = 0;
    for (let i = 0; i < text.length; i++) {
      units[i] = text.charCodeAt(i);
      hash = extendHash(hash, text.charCodeAt(i));
    }
    return this.find(hash, units, 0, units.length);
  }

  #spells(id: number, text: Uint16Array, start: number, length: number): boolean {
    const units = this.#units;
    const from = this.#offsets[id] as number;
    if ((this.#offsets[id + 1] as number) - from !== length) return false;
    for (let i = 0; i < length; i++) if (units[from + i] !== text[start + i]) return false;
    return true;
  }

  /** Returns the length of the piece. */
  #insert(id: number): number {
    const from = this.#offsets[id] as number;
    const length = (this.#offsets[id + 1] as number) - from;
    let hash = 0;
    for (let i = from; i < from + length; i++) hash = extendHash(hash, this.#units[i] as number);
    const other = this.find(hash, this.#units, from, length);
    if (other !== EMPTY) {
      throw new TokenizerError({
        where: "tokenizer model",
        expected: "different pieces",
        actual: `the same text in piece ${other} and ${id}`,
        hint: "the file is damaged; download it again",
      });
    }
    const mask = this.#slotIds.length - 1;
    let slot = Math.imul(hash, SCATTER) >>> this.#shift;
    while (this.#slotIds[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slotIds[slot] = id;
    this.#slotHashes[slot] = hash;
    return length;
  }
}
