import { expect, it } from "vitest";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { lastBoxed, lastBoxedOrSpaced } from "./boxed.ts";
import { isEquivCopies, isEquivHeadV1, isEquivHeadV2, isEquivHendrycks } from "./equivalence.ts";
import {
  betweenDollars,
  boxedOrSentence,
  finalSentence,
  finalSentence2023,
  minervaAnswer,
} from "./extract-answer.ts";

it("a box reaches as far as its braces do", () => {
  expect(lastBoxed("\\boxed{1} and \\boxed{\\frac{1}{2}}.")).toBe("\\frac{1}{2}");
  expect(lastBoxed("\\boxed{1} and \\boxed{2")).toBeNull();
  expect(lastBoxed("\\boxed 5")).toBeNull();
  expect(lastBoxed("\\fbox{5}")).toBeNull();
});

it("lm-evaluation-harness knows boxes without braces", () => {
  expect(lastBoxedOrSpaced("$\\boxed 5$, $\\boxed{6}$")).toBe("5");
  expect(lastBoxedOrSpaced("$\\boxed{6}$")).toBe("6");
});

it("a sentence is what stands between points", () => {
  expect(finalSentence2023("It is big. The Final Answer is $7$. Bye")).toBe("7");
  expect(finalSentence2023("no cue: 42. more")).toBe("nocue:42");
  expect(finalSentence("The final answer: \\text{(C)}")).toBe("Thefinalanswer:C");
  expect(boxedOrSentence("I think. The answer is 8 cm. \\boxed{")).toBe("8");
});

it("Minerva's answer stands before a hope, which may have been cut off", () => {
  const text = "Final Answer: The final answer is $x=5$.";
  expect(minervaAnswer(`${text} I hope it is correct.`)).toBe("5");
  expect(minervaAnswer(`${text} `)).toBe("5");
  expect(minervaAnswer(text)).toBeNull();
});

it("between the first dollar sign and the last", () => {
  expect(betweenDollars("$a$ or $b$")).toBe("a$ or $b");
  expect(betweenDollars("5 $ or so")).toBe("5 $ or so");
});

it("a fraction of words makes the copies compare raw answers", () => {
  expect(isEquivHendrycks("x/ 2", "x/2")).toBe(true);
  expect(isEquivCopies("x/ 2", "x/2")).toBe(false);
});

const hostile = [
  "{",
  "}",
  "$",
  ".",
  "\\",
  "=",
  "1.0",
  "\\text{",
  "\\text{(",
  "\\boxed{",
  "\\boxed ",
  "oxed{",
  "\\frac",
  "\\sqrt",
  "a ",
  "final answer ",
  "answer is",
  " I hope it is correct",
  "Final Answer: The final answer is",
  "\n",
];

it.each(hostile)("reads a megabyte of %j in time", { timeout: HOSTILE_MS }, (text) => {
  const output = megabyteOf(text);
  const readers = [
    finalSentence2023,
    finalSentence,
    boxedOrSentence,
    minervaAnswer,
    betweenDollars,
  ];
  // Braces around all that takes a character may make it longer.
  for (const read of readers) expect(read(output)?.length ?? 0).toBeLessThan(3 * output.length);
  const equivalences = [isEquivHendrycks, isEquivCopies, isEquivHeadV1, isEquivHeadV2];
  for (const isEquiv of equivalences) expect(isEquiv(output, "no such answer")).toBe(false);
});
