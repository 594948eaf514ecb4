import { PieceTable } from "./model-file/piece-table.ts";
import { PieceType, type SentencePieceModel } from "./model-file/sentencepiece-model.ts";
import { isMarker } from "./text/special-tokens.ts";
import { unitsToString } from "./text/utf8.ts";
import { kindOf, TokenizerError } from "./tokenizer-error.ts";

const USER_MARKER = "<reserved_106>";
const ASSISTANT_MARKER = "<reserved_107>";

/** `<0x0A>`: how a byte piece names its byte. */
const BYTE_PIECE = /^<0x([0-9A-F]{2})>$/;

/** The pieces of a model with what they stand for: their text, their kind, the special ones among them. */
export class Vocabulary {
  readonly model: SentencePieceModel;
  readonly table: PieceTable;
  readonly size: number;
  readonly unkTokenId: number;
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number | undefined;
  readonly padTokenId: number | undefined;
  readonly userTokenId: number | undefined;
  readonly assistantTokenId: number | undefined;
  /** Control and unknown pieces and markers: what a text must not be able to forge. */
  readonly specialTokens: ReadonlyMap<string, number>;
  /** The user-defined pieces: literal to id. */
  readonly userDefined: ReadonlyMap<string, number>;
  /** Id of the byte piece of each byte; empty if the model has no byte pieces. */
  readonly byteTokenIds: Int32Array;
  /** Byte that a byte piece stands for; meaningless for other pieces. */
  readonly #byteOfToken: Uint8Array;

  /** @throws {TokenizerError} if two pieces are the same, or a byte or control piece cannot be right. */
  constructor(model: SentencePieceModel) {
    this.model = model;
    this.table = new PieceTable(model.pieces);
    this.size = model.pieces.count;
    this.unkTokenId = model.pieces.types.indexOf(PieceType.unknown);
    this.bosTokenId = this.#idOfType(model.trainer.bosPiece, PieceType.control);
    this.eosTokenId = this.#idOfType(model.trainer.eosPiece, PieceType.control);
    this.padTokenId = this.#idOfType(model.trainer.padPiece, PieceType.control) ?? this.unkTokenId;
    this.userTokenId = this.#idOfType(USER_MARKER, PieceType.userDefined);
    this.assistantTokenId = this.#idOfType(ASSISTANT_MARKER, PieceType.userDefined);
    this.userDefined = new Map(this.#ofType(PieceType.userDefined));
    this.specialTokens = new Map([
      ...this.#ofType(PieceType.unknown),
      ...this.#ofType(PieceType.control),
      ...[...this.userDefined].filter(([piece]) => isMarker(piece)),
    ]);
    this.#byteOfToken = new Uint8Array(this.size);
    this.byteTokenIds = this.#readBytePieces();
    this.#checkControlPieces();
  }

  piece(tokenId: number): string {
    const { units, offsets } = this.model.pieces;
    return unitsToString(units, offsets[tokenId] ?? 0, offsets[tokenId + 1] ?? 0);
  }

  idOf(piece: string): number | undefined {
    const id = this.table.findText(piece);
    return id < 0 ? undefined : id;
  }

  typeOf(tokenId: number): number {
    return this.model.pieces.types[tokenId] ?? 0;
  }

  isControlOrUnknown(tokenId: number): boolean {
    const type = this.typeOf(tokenId);
    return type === PieceType.control || type === PieceType.unknown;
  }

  byteOf(tokenId: number): number {
    return this.#byteOfToken[tokenId] ?? 0;
  }

  /** @throws {TokenizerError} if `tokenId` is not an integer from 0 to `size - 1`. */
  checkId(where: string, tokenId: unknown, offset?: number): asserts tokenId is number {
    if (typeof tokenId === "number" && tokenId >= 0 && tokenId < this.size && tokenId % 1 === 0)
      return;
    const shown = typeof tokenId === "number" ? `${tokenId}` : kindOf(tokenId);
    throw new TokenizerError({
      where,
      expected: `token ids that are integers from 0 to ${this.size - 1}`,
      actual: offset === undefined ? shown : `${shown} at index ${offset}`,
      hint: "the ids may belong to another model's tokenizer",
      ...(offset === undefined ? {} : { offset }),
    });
  }

  #idOfType(piece: string, type: number): number | undefined {
    const id = this.idOf(piece);
    return id !== undefined && this.typeOf(id) === type ? id : undefined;
  }

  #ofType(type: number): [string, number][] {
    const { types } = this.model.pieces;
    const found: [string, number][] = [];
    for (let id = types.indexOf(type); id >= 0; id = types.indexOf(type, id + 1))
      found.push([this.piece(id), id]);
    return found;
  }

  #readBytePieces(): Int32Array {
    const pieces = this.#ofType(PieceType.byte);
    const tokenIds = new Int32Array(pieces.length);
    for (const [piece, id] of pieces) {
      const digits = BYTE_PIECE.exec(piece)?.[1];
      if (digits === undefined) throw badPiece("byte pieces <0x00> to <0xFF>", piece, id);
      const byte = Number.parseInt(digits, 16);
      tokenIds[byte] = id;
      this.#byteOfToken[id] = byte;
    }
    return tokenIds;
  }

  /** SentencePiece gives a lone character the id of a control piece that spells it; none may. */
  #checkControlPieces(): void {
    for (const [piece, id] of this.#ofType(PieceType.control))
      if (piece.length === 1 || [...piece].length === 1)
        throw badPiece("control pieces of several characters, which no text can forge", piece, id);
  }
}

function badPiece(expected: string, piece: string, id: number): TokenizerError {
  return new TokenizerError({
    where: "tokenizer model",
    expected,
    actual: `${JSON.stringify(piece)} as piece ${id}`,
    hint: "the file is damaged or not a SentencePiece model; download it again",
  });
}
