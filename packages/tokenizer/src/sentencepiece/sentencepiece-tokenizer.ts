import type { Encoder } from "../encode/encoder.ts";
import { parseModel } from "../model-file/parse-model.ts";
import {
  ModelType,
  PieceType,
  type SentencePieceModel,
} from "../model-file/sentencepiece-model.ts";
import { PieceTokenizer } from "../piece-tokenizer.ts";
import { checkSha256, type ReadOptions, readModelFile } from "../read-model-file.ts";
import { TokenizerError } from "../tokenizer-error.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { Vocabulary } from "../vocabulary.ts";
import { type EngineLease, leaseEngine } from "./engine-pool.ts";
import { withoutMarkers } from "./without-markers.ts";

const WHERE = "createSentencePieceTokenizer";

/** A tokenizer whose text is split by sentencepiece-js; all else is this package's own code. */
export interface SentencePieceTokenizer extends Tokenizer {
  /** Gives up the WASM instance (16 MB or more), unless another tokenizer uses it; `encode` then throws. */
  dispose(): void;
  /** `dispose`, for `using tokenizer = await createSentencePieceTokenizer(…)`. */
  [Symbol.dispose](): void;
}

class WasmTokenizer extends PieceTokenizer implements SentencePieceTokenizer {
  readonly #encoder: WasmEncoder;

  constructor(vocabulary: Vocabulary, encoder: WasmEncoder) {
    super(vocabulary, encoder);
    this.#encoder = encoder;
  }

  dispose(): void {
    this.#encoder.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * A tokenizer for any unigram or byte-pair SentencePiece model, for Node; needs the optional package
 * sentencepiece-js. Tokenizers of the same model share a WASM instance.
 *
 * @param model - The file's bytes, or its path.
 * @throws {TokenizerError} if sentencepiece-js is not installed, or the file cannot be read, is empty,
 * truncated, damaged, a Git LFS pointer, or a model of another kind (word, character, with rules for
 * rewriting decoded text).
 */
export async function createSentencePieceTokenizer(
  model: Uint8Array | string | URL,
  options: ReadOptions = {},
): Promise<SentencePieceTokenizer> {
  const isPath = typeof model === "string" || model instanceof URL;
  const bytes = isPath ? await readModelFile(model, WHERE, options) : model;
  options.signal?.throwIfAborted();
  const parsed = parseModel(bytes);
  if (!isPath && options.sha256 !== undefined) checkSha256(bytes, WHERE, options.sha256);
  checkKind(parsed);
  const vocabulary = new Vocabulary(parsed);
  return new WasmTokenizer(vocabulary, await WasmEncoder.create(vocabulary, bytes));
}

/** Two engines where the model has markers: one that reads their literals, one that does not. */
class WasmEncoder implements Encoder {
  readonly #parsing: EngineLease;
  readonly #plain: EngineLease;
  #isDisposed = false;

  private constructor(parsing: EngineLease, plain: EngineLease) {
    this.#parsing = parsing;
    this.#plain = plain;
  }

  static async create(vocabulary: Vocabulary, bytes: Uint8Array): Promise<WasmEncoder> {
    const markerIds = [...vocabulary.specialTokens.values()].filter(
      (id) => vocabulary.typeOf(id) === PieceType.userDefined,
    );
    const plain = await leaseEngine(withoutMarkers(bytes, vocabulary.model.pieces, markerIds));
    try {
      return new WasmEncoder(await leaseEngine(bytes), plain);
    } catch (error) {
      plain.release();
      throw error;
    }
  }

  encode(tokenIds: number[], text: string, parseMarkers: boolean): void {
    if (this.#isDisposed)
      throw new TokenizerError({
        where: "encode",
        expected: "a tokenizer in use",
        actual: "one that has been disposed of",
      });
    const { engine } = parseMarkers ? this.#parsing : this.#plain;
    for (const tokenId of engine.encode(text)) tokenIds.push(tokenId);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#parsing.release();
    this.#plain.release();
  }
}

function checkKind({ trainer, normalizer, denormalizerBytes }: SentencePieceModel): void {
  const { unigram, bpe } = ModelType;
  const actual = [
    trainer.modelType !== unigram && trainer.modelType !== bpe && "a word or character model",
    trainer.treatWhitespaceAsSuffix && "one with spaces at the end of pieces",
    !normalizer.escapeWhitespaces && "one that leaves spaces unescaped",
    denormalizerBytes > 0 && "one that rewrites decoded text",
  ].find((problem) => problem !== false);
  if (actual === undefined) return;
  throw new TokenizerError({
    where: WHERE,
    expected: "a unigram or byte-pair model that decodes by joining pieces",
    actual,
  });
}
