import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { extractCevalAnswer } from "./extract-ceval-answer.ts";

describe("extractCevalAnswer", () => {
  it.each([
    ["B", "B"],
    [" \u3000C。解析：……", "C"],
    ["Apple", "A"],
    ["选D", "D"],
    ["选项C", "C"],
    ["本题选D", null],
    ["因此答案是 B。", "B"],
    ["答案是选项C", "C"],
    ["答案是\u0085A", "A"],
    ["答案为A，不，答案为 D", "D"],
    ["答案为A，不，答案是D", "D"],
    ["答案：选 B", "B"],
    ["答案: B", "B"],
    ["答案是: B", "B"],
    ["正确的一项是C", "C"],
    ["正确的一项是选C", null],
    ["答案是E", null],
    ["b", null],
    ["", null],
  ])("finds in %j: %s", (text, letter) => {
    expect(extractCevalAnswer(text)).toBe(letter);
  });

  it.each(["答案是", "答案是 选项 ", "答案", " ", "选", "a"])(
    "reads a megabyte of %j in time",
    { timeout: HOSTILE_MS },
    (text) => {
      const long = megabyteOf(text);
      expect(extractCevalAnswer(long)).toBeNull();
      expect(extractCevalAnswer(`${long}\n答案：C`)).toBe("C");
      expect(extractCevalAnswer(`x${`${text}答案为B`.repeat(2 ** 17)}`)).toBe("B");
    },
  );
});
