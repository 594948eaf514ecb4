import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { basePieces, FIRST_ID, modelFile, tinyModel } from "../__fixtures__/model-file.ts";
import { BaichuanTokenizer } from "../baichuan-tokenizer.ts";
import { TokenizerError } from "../tokenizer-error.ts";

const tokenizer = BaichuanTokenizer.fromBytes(tinyModel("tiny-baichuan-like"));
const byte = (value: number): number =>
  tokenizer.pieceToId(`<0x${value.toString(16).toUpperCase().padStart(2, "0")}>`) ?? -1;

describe("createDecoder", () => {
  it("holds back the bytes of 你 until the last has come", () => {
    const decoder = tokenizer.createDecoder();
    expect([0xe4, 0xbd, 0xa0].map((value) => decoder.push(byte(value)))).toEqual(["", "", "你"]);
    expect(decoder.flush()).toBe("");
  });

  it("writes U+FFFD as soon as a byte cannot be part of a character any more", () => {
    const decoder = tokenizer.createDecoder();
    // E4 may begin a character; E4 41 cannot; ED A0 begins a surrogate, which UTF-8 has not
    expect(decoder.push(byte(0xe4))).toBe("");
    expect(decoder.push(byte(0x41))).toBe("\ufffdA");
    expect(decoder.push(byte(0xed))).toBe("");
    expect(decoder.push(byte(0xa0))).toBe("\ufffd\ufffd");
  });

  it("ends a run of bytes at any other token, also a control token", () => {
    const decoder = tokenizer.createDecoder();
    decoder.push(byte(0xe4));
    decoder.push(byte(0xbd));
    expect(decoder.push(tokenizer.eosTokenId ?? -1)).toBe("\ufffd\ufffd");
    expect(decoder.push(byte(0xa0))).toBe("\ufffd");
  });

  it("writes one U+FFFD per byte held back when flushed, and starts anew", () => {
    const decoder = tokenizer.createDecoder();
    for (const value of [0xf0, 0x9f, 0x98]) expect(decoder.push(byte(value))).toBe("");
    expect(decoder.flush()).toBe("\ufffd\ufffd\ufffd");
    expect(decoder.push(byte(0x41))).toBe("A");
  });

  it("lets bytes on both sides of a skipped token form a character", () => {
    const tokenIds = [byte(0xe4), tokenizer.eosTokenId ?? -1, byte(0xbd), 0, byte(0xa0)];
    const decoder = tokenizer.createDecoder({ skipSpecialTokens: true });
    expect(tokenIds.map((id) => decoder.push(id)).join("")).toBe("你");
    expect(tokenizer.decode(tokenIds, { skipSpecialTokens: true })).toBe("你");
    expect(tokenizer.decode(tokenIds)).toBe("\ufffd\ufffd \u2047 \ufffd");
  });

  it("refuses ids that are not of the vocabulary and goes on after", () => {
    const decoder = tokenizer.createDecoder();
    for (const id of [-1, tokenizer.vocabSize, 1.5, Number.NaN, "5" as unknown as number])
      expect(() => decoder.push(id), `${id}`).toThrow(TokenizerError);
    expect(decoder.push(byte(0x41))).toBe("A");
  });

  it("holds back at most three bytes and together writes what decode writes", () => {
    const anyId = fc.oneof(
      fc.nat(tokenizer.vocabSize - 1),
      fc.integer({ min: 0x80, max: 0xff }).map(byte),
      fc.constantFrom(0, 1, 2),
    );
    fc.assert(
      fc.property(fc.array(anyId), fc.boolean(), (tokenIds, skipSpecialTokens) => {
        const decoder = tokenizer.createDecoder({ skipSpecialTokens });
        let text = "";
        tokenIds.forEach((id, i) => {
          text += decoder.push(id);
          const whole = tokenizer.decode(tokenIds.slice(0, i + 1), { skipSpecialTokens });
          expect(whole.slice(0, text.length)).toBe(text);
          expect(whole.slice(text.length)).toMatch(/^\ufffd{0,3}$/);
        });
        text += decoder.flush();
        expect(text).toBe(tokenizer.decode(tokenIds, { skipSpecialTokens }));
      }),
    );
  });
});

describe("decode of a model with a dummy prefix", () => {
  const llama = BaichuanTokenizer.fromBytes(
    modelFile([...basePieces, { text: "▁" }, { text: "▁a" }, { text: "▁▁" }], {
      normalizer: { 1: "identity", 3: 1, 4: 0 },
    }),
  );

  it("drops one leading space of the text and no more", () => {
    expect(llama.decode([FIRST_ID + 1, FIRST_ID + 1])).toBe("a a");
    expect(llama.decode([FIRST_ID, FIRST_ID + 1])).toBe(" a");
    expect(llama.decode([FIRST_ID + 2])).toBe(" ");
  });

  it("drops it after control tokens, but not after bytes", () => {
    expect(llama.decode([1, 1, FIRST_ID + 1])).toBe("a");
    expect(llama.decode([3 + 0xff, FIRST_ID + 1])).toBe("\ufffd a");
    expect(llama.decode([0, FIRST_ID + 1])).toBe(" \u2047  a");
  });

  it("drops it again in the text after a flush", () => {
    const decoder = llama.createDecoder();
    expect([decoder.push(FIRST_ID + 1), decoder.push(FIRST_ID + 1)]).toEqual(["a", " a"]);
    decoder.flush();
    expect(decoder.push(FIRST_ID + 1)).toBe("a");
  });
});
