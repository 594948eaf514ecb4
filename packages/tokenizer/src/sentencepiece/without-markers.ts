import { type Pieces, PieceType } from "../model-file/sentencepiece-model.ts";

/**
 * The same model, except that the given user-defined pieces are control pieces: same ids, but no text
 * encodes to them, and their literals are split like any other text.
 *
 * The type of a piece is one byte of the file (a varint below 128, whose high bit says that more bytes
 * follow), so the file keeps its length.
 */
export function withoutMarkers(
  model: Uint8Array,
  { typePositions }: Pieces,
  markerIds: readonly number[],
): Uint8Array {
  const copy = new Uint8Array(model);
  for (const id of markerIds) {
    const position = typePositions[id] ?? 0;
    copy[position] = ((copy[position] ?? 0) & 0x80) | PieceType.control;
  }
  return copy;
}
