import { describe, expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { extractChoice } from "./extract-choice.ts";

describe("extractChoice", () => {
  it.each([
    // The first character wins, whatever word it begins.
    ["Answer: C", "A"],
    ["Dear reader, the answer is B", "D"],
    // Patterns, in their order: 答案是 comes before 选择, wherever they stand.
    ["选择A，但答案是B", "B"],
    ["选 A", "A"],
    ["选  A 或 B", null],
    ["答案（见下）为：选项 C 而非 D", null],
    ["答案选项为第一个，即 C，不是 D", "C"],
    ["答案为\nC 与 D", null],
    ["答案为\n答案为 乙，C 或 D", "C"],
    // The letter that is nearest before the first 当选 or 正确 of the first line that has one behind a letter.
    ["因为 A 与 B 都不对，C 当选，D 也当选", "C"],
    ["当选的：A\nB 和 C 当选", "C"],
    ["说法 A、D 基本正确", "D"],
    ["不是：A，而是：B。或 C", "B"],
    // The only letter that there is.
    ["大概（D）吧\n", "D"],
    ["大概（D）或（D）吧", null],
    ["没有答案", null],
    ["", null],
  ])("finds in %j: %s", (text, letter) => {
    expect(extractChoice(text)).toBe(letter);
  });

  it.each([
    "答案为",
    "答案选项为",
    "x A",
    "正A",
    "答案为\n",
    "A\n",
    "\n",
    "选项 ",
    "是：",
    "x当选",
    "答",
  ])("reads a megabyte of %j in time", { timeout: HOSTILE_MS }, (text) => {
    const long = ` ${megabyteOf(text)}`;
    expect(extractChoice(long)).toBeNull();
    expect(extractChoice(`${long}\n答案是B`)).toBe("B");
  });
});
