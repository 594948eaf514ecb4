import { decodeUtf8, isBytes } from "../text/utf8.ts";
import { kindOf, TokenizerError } from "../tokenizer-error.ts";
import { PiecesBuilder } from "./pieces-builder.ts";
import {
  ModelType,
  type NormalizerSpec,
  type SentencePieceModel,
  type TrainerSpec,
} from "./sentencepiece-model.ts";
import { WireReader } from "./wire-reader.ts";

/** Largest file read: 16 times Gemma's, the largest published; a hostile one must not fill the memory. */
export const MAX_MODEL_BYTES = 64 * 2 ** 20;

/** First line of the text file that git leaves in place of a large file it has not fetched. */
const LFS_POINTER_START = "version https://git-lfs";

/**
 * Parses the protobuf `ModelProto` of a `tokenizer.model`.
 *
 * Checks what SentencePiece's C++ checks when it loads a model, and also that the two specs are there:
 * a file cut off between two messages is otherwise a valid model of another kind.
 *
 * @throws {TokenizerError} for an empty, oversized, truncated or damaged file, or one of another format.
 * @see https://github.com/google/sentencepiece/blob/v0.1.97/src/sentencepiece_model.proto
 */
export function parseModel(bytes: Uint8Array): SentencePieceModel {
  const steps = parseModelInSteps(bytes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Pieces between two steps: about ten milliseconds. */
const PIECES_PER_STEP = 2 ** 14;

/** `parseModel` for callers that must not block: yields every few milliseconds. */
export function* parseModelInSteps(bytes: Uint8Array): Generator<void, SentencePieceModel> {
  checkIsModelFile(bytes);
  const builder = new PiecesBuilder(bytes);
  let trainer: TrainerSpec | undefined;
  let normalizer: NormalizerSpec | undefined;
  let denormalizerBytes = 0;
  const reader = new WireReader(bytes);
  let pieces = 0;
  while (reader.next()) {
    if (reader.field === 1) {
      builder.add(reader.message());
      if (++pieces % PIECES_PER_STEP === 0) yield;
    } else if (reader.field === 2) trainer = parseTrainer(reader.message());
    else if (reader.field === 3) normalizer = parseNormalizer(reader.message());
    else if (reader.field === 5)
      denormalizerBytes = parseNormalizer(reader.message()).charsmapBytes;
    else reader.skip();
  }
  if (!trainer || !normalizer) {
    const missing = trainer ? "no normalizer_spec" : "no trainer_spec";
    throw new TokenizerError({
      where: "tokenizer model",
      expected: "pieces, trainer_spec and normalizer_spec",
      actual: missing,
      hint: "the file is truncated or not a SentencePiece model; download it again",
    });
  }
  return { pieces: builder.finish(trainer.byteFallback), trainer, normalizer, denormalizerBytes };
}

function checkIsModelFile(bytes: Uint8Array): void {
  if (!isBytes(bytes)) {
    throw new TokenizerError({
      where: "tokenizer model",
      expected: "the file's bytes as a Uint8Array",
      actual: kindOf(bytes),
    });
  }
  if (bytes.length === 0 || bytes.length > MAX_MODEL_BYTES) {
    throw new TokenizerError({
      where: "tokenizer model",
      expected: `1 to ${MAX_MODEL_BYTES} bytes`,
      actual: bytes.length === 0 ? "an empty file" : `${bytes.length}`,
      hint: "download tokenizer.model again",
    });
  }
  if (decodeUtf8(bytes.subarray(0, LFS_POINTER_START.length)) === LFS_POINTER_START) {
    throw new TokenizerError({
      where: "tokenizer model",
      expected: "a SentencePiece model",
      actual: "a Git LFS pointer, a small text file in place of the model",
      hint: "fetch the file itself with `git lfs pull`, or download it from the model's page",
    });
  }
}

function parseTrainer(reader: WireReader): TrainerSpec {
  // Defaults are those of sentencepiece_model.proto.
  const spec: TrainerSpec = {
    modelType: ModelType.unigram,
    treatWhitespaceAsSuffix: false,
    byteFallback: false,
    unkSurface: " \u2047 ",
    bosPiece: "<s>",
    eosPiece: "</s>",
    padPiece: "<pad>",
  };
  while (reader.next()) {
    if (reader.field === 3) spec.modelType = reader.varint();
    else if (reader.field === 24) spec.treatWhitespaceAsSuffix = reader.bool();
    else if (reader.field === 35) spec.byteFallback = reader.bool();
    else if (reader.field === 44) spec.unkSurface = decodeUtf8(reader.bytes());
    else if (reader.field === 46) spec.bosPiece = decodeUtf8(reader.bytes());
    else if (reader.field === 47) spec.eosPiece = decodeUtf8(reader.bytes());
    else if (reader.field === 48) spec.padPiece = decodeUtf8(reader.bytes());
    else reader.skip();
  }
  return spec;
}

function parseNormalizer(reader: WireReader): NormalizerSpec {
  const spec: NormalizerSpec = {
    name: "",
    charsmapBytes: 0,
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
  while (reader.next()) {
    if (reader.field === 1) spec.name = decodeUtf8(reader.bytes());
    else if (reader.field === 2) spec.charsmapBytes = reader.bytes().length;
    else if (reader.field === 3) spec.addDummyPrefix = reader.bool();
    else if (reader.field === 4) spec.removeExtraWhitespaces = reader.bool();
    else if (reader.field === 5) spec.escapeWhitespaces = reader.bool();
    else reader.skip();
  }
  return spec;
}
