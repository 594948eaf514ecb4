import { decodeHfSlow } from "./decode/decode-hf-slow.ts";
import { PieceTexts } from "./decode/piece-texts.ts";
import { TokenDecoder } from "./decode/token-decoder.ts";
import type { Encoder } from "./encode/encoder.ts";
import { LiteralTrie } from "./encode/literal-trie.ts";
import { checkCompat, checkMode } from "./options.ts";
import { findLiterals } from "./text/find-literal.ts";
import { decodeUtf8, isBytes } from "./text/utf8.ts";
import { kindOf, TokenizerError } from "./tokenizer-error.ts";
import type { DecodeOptions, EncodeOptions, StreamingDecoder, Tokenizer } from "./tokenizer.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** All of {@link Tokenizer} but the way from text to pieces, which is an {@link Encoder}'s. */
export class PieceTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number | undefined;
  readonly padTokenId: number | undefined;
  readonly unkTokenId: number | undefined;
  readonly userTokenId: number | undefined;
  readonly assistantTokenId: number | undefined;
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly #vocabulary: Vocabulary;
  readonly #encoder: Encoder;
  readonly #texts: PieceTexts;
  readonly #specialLiterals: LiteralTrie;
  /** What the Hugging Face class cuts out of a text before SentencePiece sees it. */
  readonly #hfLiterals: LiteralTrie;

  constructor(vocabulary: Vocabulary, encoder: Encoder) {
    this.vocabSize = vocabulary.size;
    this.bosTokenId = vocabulary.bosTokenId;
    this.eosTokenId = vocabulary.eosTokenId;
    this.padTokenId = vocabulary.padTokenId;
    this.unkTokenId = vocabulary.unkTokenId;
    this.userTokenId = vocabulary.userTokenId;
    this.assistantTokenId = vocabulary.assistantTokenId;
    this.specialTokens = vocabulary.specialTokens;
    this.#vocabulary = vocabulary;
    this.#encoder = encoder;
    this.#texts = new PieceTexts(vocabulary);
    const specials = [...vocabulary.specialTokens];
    this.#specialLiterals = new LiteralTrie(specials);
    this.#hfLiterals = new LiteralTrie(
      specials.filter(([, tokenId]) => vocabulary.isControlOrUnknown(tokenId)),
    );
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    if (typeof text !== "string")
      throw new TokenizerError({
        where: "encode",
        expected: "text as a string",
        actual: kindOf(text),
      });
    const mode = checkMode("encode", options.specialTokens);
    const compat = checkCompat("encode", options.compat);
    const wellFormed = text.toWellFormed();
    const tokenIds: number[] = [];
    if (mode === "error") this.#refuseSpecialTokens(wellFormed);
    if (mode === "parse" && compat === "hf-slow") this.#encodeHfSlow(tokenIds, wellFormed);
    else this.#encoder.encode(tokenIds, wellFormed, mode === "parse");
    return tokenIds;
  }

  encodeBytes(bytes: Uint8Array, options: EncodeOptions = {}): number[] {
    if (!isBytes(bytes))
      throw new TokenizerError({
        where: "encodeBytes",
        expected: "UTF-8 bytes as a Uint8Array",
        actual: kindOf(bytes),
      });
    return this.encode(decodeUtf8(bytes), options);
  }

  decode(tokenIds: ArrayLike<number> | Iterable<number>, options: DecodeOptions = {}): string {
    const compat = checkCompat("decode", options.compat);
    const ids = this.#checkedIds(tokenIds);
    const skipSpecialTokens = options.skipSpecialTokens ?? false;
    if (compat === "hf-slow" && !skipSpecialTokens) return decodeHfSlow(this.#texts, ids);
    const decoder = new TokenDecoder(this.#texts, skipSpecialTokens);
    let text = "";
    for (const tokenId of ids) text += decoder.pushChecked(tokenId);
    return text + decoder.flush();
  }

  createDecoder(options: DecodeOptions = {}): StreamingDecoder {
    const compat = checkCompat("createDecoder", options.compat);
    const skipSpecialTokens = options.skipSpecialTokens ?? false;
    if (compat === "hf-slow" && !skipSpecialTokens)
      throw new TokenizerError({
        where: "createDecoder",
        expected: 'skipSpecialTokens: true with compat: "hf-slow"',
        actual: "skipSpecialTokens: false",
        hint: "that class puts a space before text already written; skip special tokens or use decode",
      });
    return new TokenDecoder(this.#texts, skipSpecialTokens);
  }

  idToPiece(tokenId: number): string {
    this.#vocabulary.checkId("idToPiece", tokenId);
    return this.#vocabulary.piece(tokenId);
  }

  pieceToId(piece: string): number | undefined {
    return this.#vocabulary.idOf(piece);
  }

  #refuseSpecialTokens(text: string): void {
    for (const { offset, length } of findLiterals(text, this.#specialLiterals)) {
      const literal = text.slice(offset, offset + length);
      throw new TokenizerError({
        where: "encode",
        expected: "text without special tokens",
        actual: `${literal} at offset ${offset}`,
        hint: 'specialTokens: "text" encodes it as plain characters',
        offset,
      });
    }
  }

  #encodeHfSlow(tokenIds: number[], text: string): void {
    let start = 0;
    for (const { tokenId, offset, length } of findLiterals(text, this.#hfLiterals)) {
      this.#encoder.encode(tokenIds, text.slice(start, offset), true);
      tokenIds.push(tokenId);
      start = offset + length;
    }
    this.#encoder.encode(tokenIds, text.slice(start), true);
  }

  #checkedIds(tokenIds: ArrayLike<number> | Iterable<number>): readonly number[] {
    if (typeof tokenIds !== "object" || tokenIds === null)
      throw new TokenizerError({
        where: "decode",
        expected: "token ids as an array or iterable",
        actual: kindOf(tokenIds),
      });
    const ids = Array.isArray(tokenIds) ? (tokenIds as number[]) : Array.from(tokenIds);
    for (let i = 0; i < ids.length; i++) this.#vocabulary.checkId("decode", ids[i], i);
    return ids;
  }
}
