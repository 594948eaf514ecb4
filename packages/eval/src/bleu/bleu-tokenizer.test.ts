import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../__fixtures__/hostile.ts";
import { bleuWords, toBleuTokenizer } from "./bleu-tokenizer.ts";

describe("bleuWords", () => {
  it("13a: ASCII punctuation stands apart, full stops and commas between digits do not", () => {
    const words = bleuWords("13a");
    expect(words("He paid $1,000.50 (twice), didn't he?")).toEqual(
      "He paid $ 1,000.50 ( twice ) , didn't he ?".split(" "),
    );
    expect(words("a well-known 3-year plan")).toEqual("a well-known 3 - year plan".split(" "));
    expect(words("今日は、晴れ。")).toEqual(["今日は、晴れ。"]);
    expect(words("&quot;a&quot; &amp; <skipped>b-\nc\nd")).toEqual(['"', "a", '"', "&", "bc", "d"]);
  });

  it("intl: punctuation of all scripts stands apart, unless digits are on both sides", () => {
    const words = bleuWords("intl");
    expect(words("今日は、晴れ。1,5°")).toEqual(["今日は", "、", "晴れ", "。", "1,5", "°"]);
    // the original's slip: a full stop stays with a number at the end of a line
    expect(words("in 1999.")).toEqual(["in", "1999."]);
  });

  it("zh: Chinese characters are words, and so are dashes, but not kana", () => {
    const words = bleuWords("zh");
    expect(words("你好，world!")).toEqual(["你", "好", "，", "world", "!"]);
    expect(words("a—b かな")).toEqual(["a", "—", "b", "かな"]);
    // Extension B, which the original means but misses
    expect(words("𠀀𠀁")).toEqual(["𠀀𠀁"]);
    // nothing stands before the full stop of a stripped line
    expect(words(" .5")).toEqual([".5"]);
  });

  it("char: characters are words, not halves of them", () => {
    expect(bleuWords("char")("a 😀b")).toEqual(["a", "😀", "b"]);
  });

  it("none: words are what white space is between, as Python sees it", () => {
    expect(bleuWords("none")("a\u0085b\ufeffc\u3000d")).toEqual(["a", "b\ufeffc", "d"]);
  });

  it.each(["13a", "intl", "zh", "char", "none"] as const)(
    "%s takes time that is proportional to a megabyte of whatever it looks for",
    { timeout: HOSTILE_MS },
    (name) => {
      const words = bleuWords(name);
      for (const unit of [" ", "a.1,-&amp;<skipped>", "，一1-"])
        expect(words(megabyteOf(unit))).toBeInstanceOf(Array);
    },
  );
});

it("toBleuTokenizer refuses other names", () => {
  expect(() => toBleuTokenizer("spm")).toThrow(
    "tokenize: expected one of 13a, intl, zh, char, none, ja-mecab, got spm",
  );
});
