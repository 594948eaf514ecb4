import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  basePieces,
  FIRST_ID,
  modelFile,
  type PieceSpec,
  tinyModel,
} from "../__fixtures__/model-file.ts";
import { parseModel } from "../model-file/parse-model.ts";
import { PieceType } from "../model-file/sentencepiece-model.ts";
import { Vocabulary } from "../vocabulary.ts";
import { BpeEncoder } from "./bpe-encoder.ts";
import type { Encoder } from "./encoder.ts";
import { SHORT_SYMBOLS } from "./merge-short.ts";
import { NaiveEncoder } from "./naive-encoder.ts";

const encoders = { BpeEncoder, NaiveEncoder };

function encoderOf(pieces: readonly PieceSpec[], Kind: new (v: Vocabulary) => Encoder): Encoder {
  return new Kind(new Vocabulary(parseModel(modelFile([...basePieces, ...pieces]))));
}

function ids(encoder: Encoder, text: string, parseMarkers = true): number[] {
  const tokenIds: number[] = [];
  encoder.encode(tokenIds, text, parseMarkers);
  return tokenIds;
}

/** Ids of the pieces of a model made by `encoderOf`, counted from its first own piece. */
const own = (...places: number[]): number[] => places.map((place) => FIRST_ID + place);

describe.each(Object.entries(encoders))("%s", (_, Kind) => {
  it("merges the pair with the highest score first, not the lowest id", () => {
    const pieces = [
      { text: "a", score: -9 },
      { text: "b", score: -9 },
      { text: "c", score: -9 },
      { text: "ab", score: -2 },
      { text: "bc", score: -1 },
    ];
    // abc: (a,b) scores -2, (b,c) -1, so a + bc
    expect(ids(encoderOf(pieces, Kind), "abc")).toEqual(own(0, 4));
  });

  it("merges the leftmost of equal pairs", () => {
    const pieces = [{ text: "a" }, { text: "aa", score: -1 }, { text: "aaa", score: -2 }];
    // aaaaa: aa aa a, then the pairs (aa,aa), (aa,a): only the second is a piece
    expect(ids(encoderOf(pieces, Kind), "aaaaa")).toEqual(own(1, 2));
  });

  it("may merge a pair that appears late before older pairs of lower score", () => {
    const pieces = [
      { text: "a" },
      { text: "b" },
      { text: "c" },
      { text: "d" },
      { text: "ab", score: -5 },
      { text: "abc", score: -1 },
      { text: "cd", score: -6 },
    ];
    // (a,b) -5 goes first and makes (ab,c) -1, which then beats (c,d) -6
    expect(ids(encoderOf(pieces, Kind), "abcd")).toEqual(own(5, 3));
  });

  it("merges characters that are not pieces by themselves", () => {
    const pieces = [{ text: "你好" }, { text: "😀😀" }];
    const encoder = encoderOf(pieces, Kind);
    expect(ids(encoder, "你好😀😀")).toEqual(own(0, 1));
    // 你 alone is E4 BD A0, byte b is id 3 + b
    expect(ids(encoder, "你")).toEqual([3 + 0xe4, 3 + 0xbd, 3 + 0xa0]);
  });

  it("cuts out the longest user-defined piece at each place and never merges it", () => {
    const userDefined = PieceType.userDefined;
    const pieces = [
      { text: "-", type: userDefined },
      { text: "---", type: userDefined },
      { text: "--", score: -1 },
      { text: "a-", score: -1 },
      { text: "a" },
    ];
    // "----": --- then -, though the normal piece -- exists; "a-" is unreachable
    expect(ids(encoderOf(pieces, Kind), "----a-")).toEqual(own(1, 0, 4, 0));
  });

  it("spells NUL, CR and what is in no piece in bytes", () => {
    expect(ids(encoderOf([{ text: "a" }], Kind), "a\0\r𠮷")).toEqual([
      FIRST_ID,
      3,
      3 + 0x0d,
      3 + 0xf0,
      3 + 0xa0,
      3 + 0xae,
      3 + 0xb7,
    ]);
  });

  it("writes spaces as ▁ and takes a literal ▁ for a space", () => {
    const pieces = [{ text: "▁" }, { text: "▁▁", score: -1 }];
    expect(ids(encoderOf(pieces, Kind), "  ")).toEqual(own(1));
    expect(ids(encoderOf(pieces, Kind), "▁ ")).toEqual(own(1));
  });

  it("does not read control, unknown and byte pieces in text", () => {
    for (const literal of ["<s>", "<unk>", "<0x41>"])
      expect(ids(encoderOf([{ text: "a" }], Kind), literal)).toHaveLength(literal.length);
  });

  it("encodes the empty text to nothing", () => {
    expect(ids(encoderOf([{ text: "a" }], Kind), "")).toEqual([]);
  });
});

describe("BpeEncoder against NaiveEncoder", () => {
  it("agrees on random vocabularies, with ties, gaps and user-defined pieces", () => {
    const piece = fc.record({
      text: fc.string({
        unit: fc.constantFrom("a", "b", "▁", "é", "你", "😀", "𠮷"),
        minLength: 1,
        maxLength: 5,
      }),
      score: fc.integer({ min: -6, max: 0 }),
      type: fc.constantFrom(
        PieceType.normal,
        PieceType.normal,
        PieceType.normal,
        PieceType.userDefined,
      ),
    });
    const pieces = fc.uniqueArray(piece, {
      selector: ({ text }) => text,
      minLength: 1,
      maxLength: 40,
    });
    const text = fc.string({
      unit: fc.constantFrom("a", "b", " ", "é", "你", "😀", "𠮷", "x", "aa", "ab"),
      maxLength: 3 * SHORT_SYMBOLS,
    });
    fc.assert(
      fc.property(pieces, fc.array(text, { minLength: 1, maxLength: 5 }), (specs, texts) => {
        const vocabulary = new Vocabulary(parseModel(modelFile([...basePieces, ...specs])));
        const fast = new BpeEncoder(vocabulary);
        const naive = new NaiveEncoder(vocabulary);
        for (const sample of texts) expect(ids(fast, sample)).toEqual(ids(naive, sample));
      }),
      { numRuns: 300 },
    );
  });

  it.each(["tiny-baichuan-like", "tiny-llama-like"])("agrees on %s", (name) => {
    const vocabulary = new Vocabulary(parseModel(tinyModel(name)));
    const fast = new BpeEncoder(vocabulary);
    const naive = new NaiveEncoder(vocabulary);
    const part = fc.oneof(
      fc.nat(vocabulary.size - 1).map((id) => vocabulary.piece(id).replaceAll("▁", " ")),
      fc.constantFrom("<reserved_106>", "</s>", "---", "....", " ", "\n", "1", "的"),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.boolean(), (parts, parseMarkers) => {
        const text = parts.join("");
        expect(ids(fast, text, parseMarkers)).toEqual(ids(naive, text, parseMarkers));
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same ids on both sides of the change from scan to heap", () => {
    const vocabulary = new Vocabulary(parseModel(tinyModel("tiny-baichuan-like")));
    const fast = new BpeEncoder(vocabulary);
    const naive = new NaiveEncoder(vocabulary);
    for (const unit of [" ", "a", "in", "the"])
      for (let count = SHORT_SYMBOLS - 3; count <= SHORT_SYMBOLS + 3; count++) {
        const text = unit.repeat(count);
        expect(ids(fast, text), `${unit} × ${count}`).toEqual(ids(naive, text));
      }
  });

  it("does not keep anything of a text for the next, long or short", () => {
    const vocabulary = new Vocabulary(parseModel(tinyModel("tiny-baichuan-like")));
    const fast = new BpeEncoder(vocabulary);
    const before = ids(fast, "Hello world");
    ids(fast, "x y ".repeat(50_000));
    ids(fast, " ".repeat(3000));
    expect(ids(fast, "Hello world")).toEqual(before);
  });
});
