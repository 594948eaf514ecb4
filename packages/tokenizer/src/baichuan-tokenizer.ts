import { BpeEncoder } from "./encode/bpe-encoder.ts";
import { Merges } from "./encode/merges.ts";
import { parseModelInSteps } from "./model-file/parse-model.ts";
import { ModelType, PieceType, type SentencePieceModel } from "./model-file/sentencepiece-model.ts";
import { PieceTokenizer } from "./piece-tokenizer.ts";
import { TokenizerError } from "./tokenizer-error.ts";
import { Vocabulary } from "./vocabulary.ts";

/**
 * The tokenizer of Baichuan2, and of models of the same kind: SentencePiece byte-pair encoding with byte
 * fallback on unnormalised text.
 */
export class BaichuanTokenizer extends PieceTokenizer {
  private constructor(vocabulary: Vocabulary, encoder: BpeEncoder) {
    super(vocabulary, encoder);
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
    const steps = BaichuanTokenizer.#build(bytes);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /**
   * `fromBytes` that lets the event loop turn every few ten milliseconds; a model of Baichuan2's size takes about 0.2 s.
   *
   * @throws {TokenizerError} as `fromBytes`; an aborted signal rejects with its own reason.
   */
  static async load(
    bytes: Uint8Array,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<BaichuanTokenizer> {
    const steps = BaichuanTokenizer.#build(bytes);
    for (;;) {
      signal?.throwIfAborted();
      const step = steps.next();
      if (step.done) return step.value;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  static *#build(bytes: Uint8Array): Generator<void, BaichuanTokenizer> {
    const model = yield* parseModelInSteps(bytes);
    yield;
    checkKind(model);
    const vocabulary = new Vocabulary(model);
    yield;
    const merges = new Merges(vocabulary);
    yield;
    const encoder = new BpeEncoder(vocabulary, merges);
    yield;
    return new BaichuanTokenizer(vocabulary, encoder);
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
