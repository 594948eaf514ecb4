import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { basePieces, modelFile, pieceField, tinyModel } from "../__fixtures__/model-file.ts";
import { BaichuanTokenizer } from "../baichuan-tokenizer.ts";
import { PieceType } from "../model-file/sentencepiece-model.ts";
import { TokenizerError } from "../tokenizer-error.ts";
import { createSentencePieceTokenizer } from "./sentencepiece-tokenizer.ts";
import { MAX_TEXT_BYTES } from "./wasm-engine.ts";

const unigram = await createSentencePieceTokenizer(tinyModel("tiny-unigram"));
const tiny = await createSentencePieceTokenizer(tinyModel("tiny-baichuan-like"));
afterAll(() => {
  unigram.dispose();
  tiny.dispose();
});

describe("createSentencePieceTokenizer", () => {
  it("reads models of other kinds", () => {
    // NFKC makes Hello of the full-width letters; the dummy prefix and extra spaces do not come back
    expect(unigram.decode(unigram.encode("Ｈｅｌｌｏ   world "))).toBe("Hello world");
    expect(unigram.userTokenId).toBeUndefined();
  });

  it("encodes literals of markers as plain characters unless asked, as the main entry does", () => {
    const main = BaichuanTokenizer.fromBytes(tinyModel("tiny-baichuan-like"));
    const text = "a<reserved_106></s>b...<SEP>";
    for (const options of [
      {},
      { specialTokens: "parse" },
      { specialTokens: "parse", compat: "hf-slow" },
    ] as const)
      expect(tiny.encode(text, options)).toEqual(main.encode(text, options));
    expect(() => tiny.encode(text, { specialTokens: "error" })).toThrow(
      "<reserved_106> at offset 1",
    );
  });

  it("keeps a marker from being forged with characters that NFKC turns into it", async () => {
    const marker = pieceField({ text: "<reserved_106>", type: PieceType.userDefined });
    const model = Uint8Array.from([...tinyModel("tiny-bpe-nfkc-dummy"), ...marker]);
    using tokenizer = await createSentencePieceTokenizer(model);
    expect(tokenizer.userTokenId).toBe(3000);
    for (const text of ["<reserved_106>", "＜ｒｅｓｅｒｖｅｄ＿１０６＞"]) {
      expect(tokenizer.encode(text, { specialTokens: "parse" })).toContain(3000);
      expect(tokenizer.encode(text)).not.toContain(3000);
    }
  });

  it.each(["tiny-baichuan-like", "tiny-llama-like"])(
    "gives the same ids as the main entry on %s",
    async (name) => {
      const main = BaichuanTokenizer.fromBytes(tinyModel(name));
      using oracle = await createSentencePieceTokenizer(tinyModel(name));
      const part = fc.oneof(
        fc.nat(main.vocabSize - 1).map((id) => main.idToPiece(id).replaceAll("▁", " ")),
        fc.constantFrom("<reserved_106>", "</s>", "---", "....", " ", "\n", "aaaa", "的"),
        fc.string({ unit: "binary", maxLength: 3 }),
        fc.nat(60).map((count) => " ".repeat(count)),
      );
      const mode = fc.constantFrom("text" as const, "parse" as const);
      fc.assert(
        fc.property(fc.array(part), mode, (parts, specialTokens) => {
          const text = parts.join("");
          expect(main.encode(text, { specialTokens })).toEqual(
            oracle.encode(text, { specialTokens }),
          );
        }),
        { numRuns: 500 },
      );
    },
  );

  it("gives the same ids as the main entry on random vocabularies", async () => {
    const characters = ["a", "b", "▁", "é", "你", "😀"];
    const piece = fc.record({
      text: fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 5 }),
      score: fc.integer({ min: -6, max: 0 }),
      type: fc.constantFrom(PieceType.normal, PieceType.normal, PieceType.userDefined),
    });
    const pieces = fc.uniqueArray(piece, { selector: ({ text }) => text, maxLength: 40 });
    const text = fc.string({ unit: fc.constantFrom(...characters, " ", "x"), maxLength: 120 });
    const texts = fc.array(text, { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, texts, fc.nat(1), async (specs, samples, addDummyPrefix) => {
        const normalizer = { 1: "identity", 3: addDummyPrefix, 4: 0 };
        const model = modelFile([...basePieces, ...specs], { normalizer });
        const main = BaichuanTokenizer.fromBytes(model);
        using oracle = await createSentencePieceTokenizer(model);
        const options = { specialTokens: "parse" } as const;
        for (const sample of samples)
          expect(main.encode(sample, options)).toEqual(oracle.encode(sample, options));
      }),
      { numRuns: 25 },
    );
  });
});

describe("what sentencepiece-js leaves silent", () => {
  it("is a typed error for empty, truncated, random and pointer files", async () => {
    const whole = tinyModel("tiny-unigram");
    const pointer = new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n");
    const files = [new Uint8Array(0), whole.subarray(0, 100_000), whole.subarray(7, 5000), pointer];
    for (const bytes of files)
      await expect(createSentencePieceTokenizer(bytes)).rejects.toThrow(TokenizerError);
    await expect(createSentencePieceTokenizer("no/such/file")).rejects.toThrow(TokenizerError);
    await expect(createSentencePieceTokenizer(whole, { sha256: "00" })).rejects.toThrow(
      "SHA-256 00",
    );
  });

  it("is a typed error for a model that it refuses to load", async () => {
    const damagedRules = modelFile([...basePieces, { text: "a" }], {
      trainer: { 3: 1, 35: 1 },
      normalizer: { 1: "damaged", 2: "not a trie", 3: 1, 4: 1 },
    });
    await expect(createSentencePieceTokenizer(damagedRules)).rejects.toThrow(
      /createSentencePieceTokenizer: expected a model that sentencepiece-js loads/,
    );
  });

  it.each([
    ["a word or character model", { trainer: { 3: 3 } }],
    ["one with spaces at the end of pieces", { trainer: { 3: 1, 24: 1 } }],
    ["one that leaves spaces unescaped", { trainer: { 3: 1 }, normalizer: { 5: 0 } }],
    ["one that rewrites decoded text", { trainer: { 3: 1 }, denormalizer: { 2: "rules" } }],
  ])("is a typed error for %s", async (actual, specs) => {
    const model = modelFile([...basePieces.slice(0, 3), { text: "a" }], specs);
    await expect(createSentencePieceTokenizer(model)).rejects.toThrow(`got ${actual}`);
  });

  it("is a typed error for ids outside the vocabulary, fractions and what is not a number", () => {
    for (const id of [-1, 3000, 16.7, Number.NaN, "5", undefined, null])
      expect(() => unigram.decode([5, id as number]), String(id)).toThrow(TokenizerError);
  });

  it("is a typed error for texts too large for the WASM memory", () => {
    expect(() => unigram.encode("a".repeat(MAX_TEXT_BYTES + 1))).toThrow(
      `encode: expected text of at most ${MAX_TEXT_BYTES} bytes in UTF-8, got ${MAX_TEXT_BYTES + 1}`,
    );
  });

  it("does not happen to lone surrogates: they are U+FFFD", () => {
    expect(tiny.encode("\ud800a\udc00b")).toEqual(tiny.encode("\ufffda\ufffdb"));
  });

  it("does not happen to U+FEFF or NUL in decoded text, however long", () => {
    for (const text of ["\ufeffa text of more than sixteen bytes", "a\0b", "\0"])
      expect(tiny.decode(tiny.encode(text))).toBe(text);
  });

  it("leaves the host's error handling alone", async () => {
    const count = (): number[] =>
      ["uncaughtException", "unhandledRejection"].map((event) => process.listenerCount(event));
    const before = count();
    const tokenizers = await Promise.all(
      ["tiny-unigram", "tiny-bpe-nfkc-dummy", "tiny-llama-like"].map((name) =>
        createSentencePieceTokenizer(tinyModel(name)),
      ),
    );
    expect(count()).toEqual(before);
    for (const tokenizer of tokenizers) tokenizer.dispose();
  });

  it("does not happen after disposal: encode throws, decode still works, others go on", async () => {
    const other = await createSentencePieceTokenizer(tinyModel("tiny-unigram"));
    const tokenIds = other.encode("Hello");
    other.dispose();
    other.dispose();
    expect(() => other.encode("Hello")).toThrow("got one that has been disposed of");
    expect(other.decode(tokenIds)).toBe("Hello");
    expect(unigram.encode("Hello")).toEqual(tokenIds);
  });
});
