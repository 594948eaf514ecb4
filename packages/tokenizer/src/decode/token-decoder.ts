import { PieceType } from "../model-file/sentencepiece-model.ts";
import type { StreamingDecoder } from "../tokenizer.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import type { PieceTexts } from "./piece-texts.ts";

/**
 * SentencePiece's decoding, one token at a time.
 *
 * Runs of byte tokens are UTF-8; every other token, control tokens too, ends a run. Models that put a
 * space before each text (`add_dummy_prefix`) lose it again here.
 *
 * @see https://github.com/google/sentencepiece/blob/v0.1.97/src/sentencepiece_processor.cc
 */
export class TokenDecoder implements StreamingDecoder {
  readonly #texts: PieceTexts;
  readonly #skipSpecialTokens: boolean;
  readonly #bytes = new ByteBuffer();
  /** Whether a leading space of the next piece is the dummy prefix, not text. */
  #atStart = true;

  constructor(texts: PieceTexts, skipSpecialTokens: boolean) {
    this.#texts = texts;
    this.#skipSpecialTokens = skipSpecialTokens;
  }

  push(tokenId: number): string {
    this.#texts.vocabulary.checkId("decoder.push", tokenId);
    return this.pushChecked(tokenId);
  }

  /** `push` for an id that is known to be of the vocabulary. */
  pushChecked(tokenId: number): string {
    const { vocabulary } = this.#texts;
    if (this.#skipSpecialTokens && vocabulary.isControlOrUnknown(tokenId)) return "";
    const type = vocabulary.typeOf(tokenId);
    const text =
      type === PieceType.byte
        ? this.#bytes.push(vocabulary.byteOf(tokenId))
        : this.#endBytes() + this.#pieceText(tokenId, type);
    if (text !== "") this.#atStart = false;
    return text;
  }

  flush(): string {
    const text = this.#bytes.flush();
    this.#atStart = true;
    return text;
  }

  #endBytes(): string {
    const text = this.#bytes.flush();
    if (text !== "") this.#atStart = false;
    return text;
  }

  #pieceText(tokenId: number, type: number): string {
    const text = this.#texts.get(tokenId);
    const { addDummyPrefix, removeExtraWhitespaces } = this.#texts.vocabulary.model.normalizer;
    const dropsSpace = this.#atStart && (addDummyPrefix || removeExtraWhitespaces);
    if (!dropsSpace || type === PieceType.unknown || !text.startsWith(" ")) return text;
    // A model that trims texts drops a space of each piece until there is text, others only one.
    if (!removeExtraWhitespaces) this.#atStart = false;
    return text.slice(1);
  }
}
