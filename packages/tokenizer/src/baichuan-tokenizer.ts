import { BpeEncoder } from "./encode/bpe-encoder.ts";
import { parseModel } from "./model-file/parse-model.ts";
import { ModelType, PieceType, type SentencePieceModel } from "./model-file/sentencepiece-model.ts";
import { PieceTokenizer } from "./piece-tokenizer.ts";
import { TokenizerError } from "./tokenizer-error.ts";
import { Vocabulary } from "./vocabulary.ts";

/**
 * The tokenizer of Baichuan2, and of models of the same kind: SentencePiece byte-pair encoding with byte
 * fallback on unnormalised text.
 */
export class BaichuanTokenizer extends PieceTokenizer {
  private constructor(vocabulary: Vocabulary) {
    super(vocabulary, new BpeEncoder(vocabulary));
  }

  /**
   * Reads a `tokenizer.model`.
   *
   * @param bytes - The file; not kept.
   * @throws {TokenizerError} if the file is empty, truncated, damaged, a Git LFS pointer, or a
   * SentencePiece model of another kind (unigram, NFKC, …), which `createSentencePieceTokenizer` of
   * `@baichuan2/tokenizer/sentencepiece` reads.
   */
  static fromBytes(bytes: Uint8Array): BaichuanTokenizer {
    const model = parseModel(bytes);
    checkKind(model);
    return new BaichuanTokenizer(new Vocabulary(model));
  }
}

function checkKind({ pieces, trainer, normalizer, denormalizerBytes }: SentencePieceModel): void {
  const otherTypes = ["another kind of", "a unigram", "a byte-pair", "a word", "a character"];
  const actual = [
    trainer.modelType !== ModelType.bpe &&
      `${otherTypes[trainer.modelType] ?? otherTypes[0]} model`,
    (normalizer.charsmapBytes > 0 || denormalizerBytes > 0) &&
      `one that rewrites characters (${normalizer.name || "its own rules"})`,
    normalizer.removeExtraWhitespaces && "one that removes spaces",
    !normalizer.escapeWhitespaces && "one that leaves spaces unescaped",
    trainer.treatWhitespaceAsSuffix && "one with spaces at the end of pieces",
    !trainer.byteFallback && "one without byte pieces",
    pieces.types.includes(PieceType.unused) && "one with unused pieces",
  ].find((problem) => problem !== false);
  if (actual === undefined) return;
  throw new TokenizerError({
    where: "BaichuanTokenizer.fromBytes",
    expected: "a byte-pair model with byte pieces that leaves the text as it is, like Baichuan2's",
    actual,
    hint: "load it with createSentencePieceTokenizer of @baichuan2/tokenizer/sentencepiece",
  });
}
