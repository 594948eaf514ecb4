import { codePointAt, putCodePoint, sequenceLength } from "../text/utf8.ts";
import { TokenizerError } from "../tokenizer-error.ts";
import { PieceType, type Pieces } from "./sentencepiece-model.ts";
import type { WireReader } from "./wire-reader.ts";

/** Four times the largest published vocabulary (256,000 pieces). */
const MAX_PIECES = 2 ** 20;

/** Longest published piece: 96 bytes in Baichuan2; user-defined ones may be longer. */
const MAX_PIECE_BYTES = 4096;

const HINT = "the file is damaged or not a SentencePiece model; download it again";

/** Collects the pieces of a model file and checks them as SentencePiece's C++ does on loading. */
export class PiecesBuilder {
  readonly #file: Uint8Array;
  readonly #types: number[] = [];
  readonly #scores: number[] = [];
  readonly #typePositions: number[] = [];
  readonly #offsets: number[] = [0];
  #units = new Uint16Array(2 ** 16);
  #unitCount = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
  }

  add(reader: WireReader): void {
    const id = this.#types.length;
    if (id === MAX_PIECES) throw problem(`at most ${MAX_PIECES} pieces`, "more");
    let textStart = 0;
    let textEnd = 0;
    let score = 0;
    let type: number = PieceType.normal;
    let typePosition = 0;
    while (reader.next()) {
      if (reader.field === 1) {
        // No view of the bytes: making 100,000 views takes longer than all the rest.
        textStart = reader.span();
        textEnd = reader.position;
      } else if (reader.field === 2) score = reader.float32();
      else if (reader.field === 3) {
        typePosition = reader.position;
        type = reader.varint();
      } else reader.skip();
    }
    if (type < PieceType.normal || type > PieceType.byte)
      throw problem(`a type of 1 to 6 for piece ${id}`, `${type}`);
    if (!Number.isFinite(score)) throw problem(`a finite score for piece ${id}`, `${score}`);
    this.#types.push(type);
    this.#scores.push(score);
    this.#typePositions.push(typePosition);
    this.#addText(id, textStart, textEnd);
  }

  #addText(id: number, start: number, end: number): void {
    if (start === end || end - start > MAX_PIECE_BYTES)
      throw problem(`1 to ${MAX_PIECE_BYTES} bytes for piece ${id}`, `${end - start}`);
    this.#reserve(end - start);
    const file = this.#file;
    for (let i = start; i < end;) {
      const length = sequenceLength(file, i, end);
      if (length === 0) throw problem(`valid UTF-8 in piece ${id}`, `byte ${file[i]}`);
      this.#unitCount = putCodePoint(this.#units, this.#unitCount, codePointAt(file, i, length));
      i += length;
    }
    this.#offsets.push(this.#unitCount);
  }

  #reserve(unitCount: number): void {
    if (this.#unitCount + unitCount <= this.#units.length) return;
    const larger = new Uint16Array(2 * (this.#unitCount + unitCount));
    larger.set(this.#units);
    this.#units = larger;
  }

  /**
   * @param byteFallback - Whether the model spells unknown characters in byte pieces.
   * @throws {TokenizerError} if there is not exactly one unknown piece, or not the byte pieces asked for.
   */
  finish(byteFallback: boolean): Pieces {
    const types = Uint8Array.from(this.#types);
    const unknownCount = types.filter((type) => type === PieceType.unknown).length;
    if (unknownCount !== 1) throw problem("one unknown piece", `${unknownCount}`);
    const byteCount = types.filter((type) => type === PieceType.byte).length;
    const wanted = byteFallback ? 256 : 0;
    if (byteCount !== wanted)
      throw problem(`${wanted} byte pieces (byte_fallback is ${byteFallback})`, `${byteCount}`);
    return {
      count: types.length,
      types,
      scores: Float32Array.from(this.#scores),
      units: this.#units.slice(0, this.#unitCount),
      offsets: Uint32Array.from(this.#offsets),
      typePositions: Uint32Array.from(this.#typePositions),
    };
  }
}

function problem(expected: string, actual: string): TokenizerError {
  return new TokenizerError({ where: "tokenizer model", expected, actual, hint: HINT });
}
