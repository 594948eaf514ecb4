import { expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import {
  anyNumber,
  digitsOfLastWord,
  lastNumber,
  markedNumber,
  statedNumber,
} from "./extract-number.ts";

it("OpenCompass of 2023 keeps only the digits of the last word", () => {
  expect(digitsOfLastWord("It costs $18.50")).toBe("1850");
  expect(digitsOfLastWord("so 16-3-4=9 eggs")).toBe("16349");
  expect(digitsOfLastWord("The answer is 7.\n\nQuestion: 8?")).toBe("7");
  expect(digitsOfLastWord("1\n2 apples")).toBe("12");
  expect(digitsOfLastWord("no number")).toBeNull();
});

it("digits are those of Python: of any script, and raised ones", () => {
  expect(digitsOfLastWord("答案是 ٣٤ 。")).toBe("٣٤");
  expect(digitsOfLastWord("an area of 5 m²")).toBe("²");
});

it("OpenCompass of 2026 takes the last number before the next question", () => {
  expect(lastNumber("1,800")).toBe("800");
  expect(lastNumber("it falls to -2.50 degrees. Question: 3?")).toBe("-2.50");
  expect(lastNumber("")).toBeNull();
});

it("lm-evaluation-harness takes the first marked number, or the last thing that may be one", () => {
  expect(markedNumber("#### 1,234.5 #### 6")).toBe("1,234.5");
  expect(statedNumber("The answer is 18")).toBe("1");
  expect(statedNumber("The answer is 18.\n")).toBe("18");
  expect(anyNumber("18 apples, or so.. ")).toBe("..");
});

const hostile = [
  "1",
  "1 ",
  "1.",
  "-",
  "#### ",
  "#### 1",
  "$.,",
  "The answer is ",
  "²",
  "\n\n",
  " ",
];

it.each(hostile)("reads a megabyte of %j in time", { timeout: HOSTILE_MS }, (text) => {
  const output = megabyteOf(text);
  for (const extract of [digitsOfLastWord, lastNumber, markedNumber, statedNumber, anyNumber])
    expect(extract(output)?.length ?? 0).toBeLessThanOrEqual(output.length);
});
