import type { Tokenizer } from "@baichuan2/tokenizer";

/** What each token of a vocabulary writes. Plain data: it crosses to the engine's thread by structured clone. */
export interface Vocabulary {
  /** All pieces one after another, as the text they stand for; UTF-8. */
  readonly bytes: Uint8Array;
  /** Where each piece begins in `bytes`, and its end after the last; shape `[V + 1]`. */
  readonly offsets: Int32Array;
  /** Control, unknown, end-of-text and reserved tokens, and ids without a piece: never inside constrained text. */
  readonly specialIds: readonly number[];
}

/** `<0x0A>`: how a byte piece names its byte. */
const BYTE_PIECE = /^<0x([0-9A-F]{2})>$/;

/**
 * What each token of a SentencePiece tokenizer writes: `▁` as a space, a byte piece as its byte.
 *
 * @param vocabSize - Rows of the network's head; may be more than the tokenizer has pieces.
 */
export function vocabularyOf(tokenizer: Tokenizer, vocabSize: number): Vocabulary {
  const specials = new Set(tokenizer.specialTokens.values());
  for (let id = tokenizer.vocabSize; id < vocabSize; id++) specials.add(id);
  const encoder = new TextEncoder();
  const pieces = Array.from({ length: vocabSize }, (_, id) =>
    specials.has(id) ? new Uint8Array() : pieceBytes(tokenizer, id, encoder),
  );
  const offsets = new Int32Array(vocabSize + 1);
  for (const [id, piece] of pieces.entries()) offsets[id + 1] = (offsets[id] ?? 0) + piece.length;
  const bytes = new Uint8Array(offsets[vocabSize] ?? 0);
  for (const [id, piece] of pieces.entries()) bytes.set(piece, offsets[id]);
  return {
    bytes,
    offsets,
    specialIds: [...specials].filter((id) => id < vocabSize).toSorted((a, b) => a - b),
  };
}

function pieceBytes(tokenizer: Tokenizer, id: number, encoder: TextEncoder): Uint8Array {
  const piece = tokenizer.idToPiece(id);
  const digits = BYTE_PIECE.exec(piece)?.[1];
  // A user-defined piece may spell the same as a byte piece; it decodes to its own text.
  if (digits !== undefined && tokenizer.decode([id]) !== piece)
    return Uint8Array.of(Number.parseInt(digits, 16));
  return encoder.encode(piece.replaceAll("▁", " "));
}
