import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { basePieces, FIRST_ID, modelFile, tinyModel } from "../__fixtures__/model-file.ts";
import { TokenizerError } from "../tokenizer-error.ts";
import { Vocabulary } from "../vocabulary.ts";
import { MAX_MODEL_BYTES, parseModel } from "./parse-model.ts";
import { PieceType } from "./sentencepiece-model.ts";

const load = (bytes: Uint8Array): Vocabulary => new Vocabulary(parseModel(bytes));

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

describe("parseModel", () => {
  it("reads pieces, scores, types and both specs", () => {
    const { pieces, trainer, normalizer } = parseModel(
      modelFile([...basePieces, { text: "a😀", score: -2.5 }], {
        trainer: { 3: 2, 35: 1, 44: "?", 46: "<bos>" },
        normalizer: { 1: "identity", 3: 1, 4: 0 },
      }),
    );
    expect(pieces.count).toBe(FIRST_ID + 1);
    expect(pieces.scores[FIRST_ID]).toBe(-2.5);
    expect(pieces.types.slice(0, 4)).toEqual(Uint8Array.of(2, 3, 3, 6));
    expect(String.fromCharCode(...pieces.units.slice(pieces.offsets[FIRST_ID]))).toBe("a😀");
    expect(trainer).toMatchObject({ modelType: 2, byteFallback: true, unkSurface: "?" });
    expect(trainer.bosPiece).toBe("<bos>");
    expect(normalizer).toMatchObject({ addDummyPrefix: true, removeExtraWhitespaces: false });
  });

  it("refuses an empty file", () => {
    expect(() => load(new Uint8Array(0))).toThrow(
      "tokenizer model: expected 1 to 67108864 bytes, got an empty file (download tokenizer.model again)",
    );
  });

  it("refuses a Git LFS pointer and says how to fetch the file", () => {
    const pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:79452955\nsize 2001107\n";
    expect(() => load(text(pointer))).toThrow(/got a Git LFS pointer.*`git lfs pull`/);
  });

  it("refuses a web page or a tokenizer.json in place of the model", () => {
    for (const content of [
      "<!DOCTYPE html><html></html>",
      '{"version": "1.0", "truncation": null}',
    ])
      expect(() => load(text(content)), content).toThrow(
        /not a SentencePiece model; download it again/,
      );
  });

  it("refuses what is not bytes, and more than the limit", () => {
    for (const value of ["tokenizer.model", undefined, null, [1, 2]])
      expect(() => load(value as unknown as Uint8Array)).toThrow(TokenizerError);
    expect(() => load(new Uint8Array(MAX_MODEL_BYTES + 1))).toThrow(/expected 1 to 67108864 bytes/);
  });

  it("refuses a file cut off at any of 400 places", () => {
    const whole = tinyModel("tiny-baichuan-like");
    for (let i = 1; i <= 400; i++) {
      const length = Math.floor((i / 401) * whole.length);
      expect(() => load(whole.subarray(0, length)), `${length}`).toThrow(TokenizerError);
    }
  });

  it("refuses a file cut off exactly between two messages", () => {
    const whole = modelFile(basePieces);
    const bothSpecs = modelFile([]).length;
    const trainerAndEmptyNormalizer = modelFile([], { normalizer: {} }).length;
    const piecesOnly = whole.subarray(0, whole.length - bothSpecs);
    const withTrainer = whole.subarray(0, piecesOnly.length + trainerAndEmptyNormalizer - 2);
    expect(() => load(piecesOnly)).toThrow("got no trainer_spec");
    expect(() => load(withTrainer)).toThrow("got no normalizer_spec");
    expect(load(whole).size).toBe(FIRST_ID);
  });

  it("refuses random bytes with a typed error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        expect(() => load(bytes)).toThrow(TokenizerError);
      }),
    );
  });

  it("reads a file with flipped bytes or refuses it with a typed error", () => {
    const whole = tinyModel("tiny-baichuan-like");
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (position, flip) => {
        const damaged = whole.slice();
        damaged[position] = (damaged[position] ?? 0) ^ flip;
        try {
          expect(load(damaged).size).toBeLessThanOrEqual(3000);
        } catch (error) {
          expect(error).toBeInstanceOf(TokenizerError);
        }
      }),
    );
  });

  it("names the piece that cannot be right", () => {
    const withPiece = (piece: Parameters<typeof modelFile>[0][number]) => () =>
      load(modelFile([...basePieces, piece]));
    expect(withPiece({ text: "" })).toThrow("1 to 4096 bytes for piece 259, got 0");
    expect(withPiece({ text: Uint8Array.of(0xff) })).toThrow("valid UTF-8 in piece 259");
    expect(withPiece({ text: "a", score: Number.NaN })).toThrow("a finite score for piece 259");
    expect(withPiece({ text: "a", type: 7 })).toThrow("a type of 1 to 6 for piece 259, got 7");
    expect(withPiece({ text: "<s>" })).toThrow("the same text in piece 1 and 259");
    expect(withPiece({ text: "?", type: PieceType.unknown })).toThrow("one unknown piece, got 2");
    expect(withPiece({ text: "!", type: PieceType.control })).toThrow('got "!" as piece 259');
    expect(withPiece({ text: "<0xZZ>", type: PieceType.byte })).toThrow("256 byte pieces");
  });

  it("refuses a model with byte fallback that lacks a byte", () => {
    expect(() => load(modelFile(basePieces.slice(0, -1)))).toThrow("256 byte pieces");
    const renamed = [...basePieces.slice(0, -1), { text: "<0xfF>", type: PieceType.byte }];
    expect(() => load(modelFile(renamed))).toThrow('got "<0xfF>" as piece 258');
  });
});
