import { expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { letterOf, lineOf, plainLineOf, statedAnswer } from "./extract-answer.ts";

it("a letter stands in a bracket, or is any capital", () => {
  expect(letterOf("So the answer is (B) or (C).")).toBe("B");
  expect(letterOf("So we look at (A). So the answer is B.")).toBe("B");
  expect(letterOf("I think C")).toBe("I");
  // What follows the second cue does not count, and nothing is left of the first.
  expect(letterOf("the answer is answer is (C)")).toBe("");
  expect(letterOf("none")).toBe("none");
});

it("OpenCompass of 2023 reads a line and drops one full stop", () => {
  expect(lineOf("So the answer is apple fig..\nMore.")).toBe("apple fig.");
  expect(lineOf("yes\nno")).toBe("yes");
  expect(lineOf("The answer is: 8.")).toBe("The answer is: 8");
});

it("OpenCompass of 2026 reads a line without its decoration", () => {
  expect(plainLineOf("the answer is 3. No: THE ANSWER IS : **valid** indeed.")).toBe("valid");
  expect(plainLineOf("The answer is no, because")).toBe("No");
  expect(plainLineOf("The answer is nobody")).toBe("nobody");
  expect(plainLineOf("So the answer is a , b,c.")).toBe("a b c");
  expect(plainLineOf("So the answer is 1,234, 5.")).toBe("1,234, 5");
});

it("lm-evaluation-harness drops the last character, whatever it is", () => {
  expect(statedAnswer("So the answer is (A).\n")).toBe("(A)");
  expect(statedAnswer("So the answer is ] ]")).toBe("]");
  expect(statedAnswer("So the answer is 😀")).toBe("");
  expect(statedAnswer("The Answer Is (A).")).toBeNull();
  expect(statedAnswer("the answer is \nthe answer is 7.")).toBe("7");
});

const hostile = [
  "answer is ",
  "the answer is \n",
  "(",
  "(A",
  " ",
  "1 ",
  "1 ,",
  ", ",
  "**",
  "ANSWER IS",
];

it.each(hostile)("reads a megabyte of %j in time", { timeout: HOSTILE_MS }, (text) => {
  const output = megabyteOf(text);
  for (const extract of [letterOf, lineOf, plainLineOf, statedAnswer])
    expect(extract(output)?.length ?? 0).toBeLessThanOrEqual(output.length);
});
