import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { generationOf } from "../../__fixtures__/ask-sample.ts";
import { gradeText } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { gsm8k } from "./gsm8k.ts";

const directory = madeUpRows("gsm8k");
const withoutTrain = await mkdtemp(join(tmpdir(), "gsm8k-"));
await cp(join(directory, "test.jsonl"), join(withoutTrain, "test.jsonl"));
afterAll(() => rm(withoutTrain, { recursive: true }));

async function load(options: Partial<LoadOptions>): Promise<Task> {
  const [task] = await gsm8k.load({ directory, recipe: "readme", ...options });
  return task as Task;
}

it("the README's prompt has four worked examples and ends where the work begins", async () => {
  const { samples } = await load({});
  expect(samples.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5].map((row) => `gsm8k/test/${row}`));
  const { prompt, maxNewTokens, stop } = generationOf(samples[3]);
  expect(prompt.split("\n\nQuestion: ")).toHaveLength(5);
  expect(prompt).toContain("His team also scores 6 3 pointers, meaning they scored 8*3= 24 points");
  expect(
    prompt.endsWith(`The answer is 146

Question: The sign says "3 for 2".
Mira takes 9 candles at $2 each. What does she pay?
Let's think step by step
Answer:`),
  ).toBe(true);
  expect({ maxNewTokens, stop }).toEqual({ maxNewTokens: 512, stop: ["\n\n"] });
});

it("the README's score is the digits of the last word", async () => {
  const { samples } = await load({});
  expect(await gradeText(samples[1], "The answer is 1,125")).toEqual({
    answer: "1125",
    gold: "1125",
    score: 1,
    others: undefined,
  });
  // A sign is no digit, so that no answer can be right.
  expect(await gradeText(samples[2], "The answer is -6")).toMatchObject({ answer: "6", score: 0 });
  expect(await gradeText(samples[0], "I do not know")).toMatchObject({ answer: null, score: 0 });
});

it("1dce88 asks in a line of its own", async () => {
  const { samples } = await load({ prompt: "1dce88", shots: 0 });
  expect(generationOf(samples[2]).prompt).toBe(
    "Question: At dawn it is 4 degrees. By night it has fallen by 10 degrees. How cold is it?\n",
  );
});

it("OpenCompass of 2026 compares numbers", async () => {
  const { samples } = await load({ recipe: "opencompass-head" });
  expect(await gradeText(samples[2], "The answer is -6.0")).toMatchObject({ score: 1 });
  expect(await gradeText(samples[1], "The answer is 1,125")).toMatchObject({ answer: "125" });
});

it("the original shows questions and answers of train.jsonl, and reads what is marked", async () => {
  const { samples } = await load({ recipe: "official", shots: 1 });
  expect(generationOf(samples[5]).prompt).toBe(`Tom has 3 pears and buys 4 more. How many has he?
He has 3 + 4 = <<3+4=7>>7 pears.
#### 7

None of the 8 boats carries more than 6 people. How many can cross at once?
`);
  expect(await gradeText(samples[1], "work\n#### 1,125")).toMatchObject({ score: 1 });
  expect(await gradeText(samples[1], "The answer is 1125")).toMatchObject({ answer: null });
});

it("lm-evaluation-harness reads strictly and laxly", async () => {
  const { samples } = await load({ recipe: "lm-eval" });
  const { prompt } = generationOf(samples[0]);
  expect(prompt).toContain("Question: 小明有 6 本书，送出 2 本。还剩几本？\nAnswer: 6 - 2 =");
  expect(prompt.endsWith("a week of 7 days?\nAnswer:")).toBe(true);
  expect(await gradeText(samples[0], " 12*7*5\n#### 420.")).toEqual({
    answer: "420.",
    gold: "420",
    score: 1,
    others: { "flexible-extract": 1 },
  });
  expect(await gradeText(samples[0], "It is $420.")).toMatchObject({
    score: 0,
    others: { "flexible-extract": 1 },
  });
});

it("gsm8k_cot has eight examples of its own", async () => {
  const { samples } = await load({ recipe: "lm-eval", prompt: "gsm8k_cot" });
  const { prompt } = generationOf(samples[5]);
  expect(prompt.split("\n\nQ: ")).toHaveLength(9);
  expect(
    prompt.endsWith(
      "15 dollars. So she has 23 - 15 dollars left. 23 - 15 is 8. The answer is 8.\n\nQ: None of the 8 boats carries more than 6 people. How many can cross at once?\nA:",
    ),
  ).toBe(true);
  expect(await gradeText(samples[5], " The answer is 48.")).toMatchObject({ score: 1 });
});

it("examples are held out where train.jsonl is missing and that was asked for", async () => {
  const options = { directory: withoutTrain, recipe: "lm-eval", shots: 2 } as const;
  await expect(load(options)).rejects.toThrow(/train\.jsonl: expected a file, got nothing/);
  const { samples, notes } = await load({ ...options, heldOutShots: true });
  expect(samples.map(({ id }) => id)).toEqual([2, 3, 4, 5].map((row) => `gsm8k/test/${row}`));
  expect(generationOf(samples[0]).prompt).toContain("A reservoir holds 2,000 litres.");
  expect(notes).toEqual(["examples are the first 2 rows of test.jsonl, which are not asked"]);
});

it("refuses what is not there, by name", async () => {
  await expect(load({ shots: 5 })).rejects.toThrow(/expected 5 examples, got 4/);
  await expect(load({ recipe: "lm-eval", shots: 7 })).rejects.toThrow(
    /train\.jsonl: expected 7 examples/,
  );
  await expect(load({ prompt: "cot" })).rejects.toThrow(/1d7fe4, 1dce88, got cot/);
  await expect(load({ tasks: ["gsm"] })).rejects.toThrow(/tasks: expected some of gsm/);
});

it("a row without its number is refused, by its line", async () => {
  const broken = await mkdtemp(join(tmpdir(), "gsm8k-"));
  const rows = [
    { question: "1 + 1?", answer: "#### 2" },
    { question: "1 + 2?", answer: "3" },
  ];
  await writeFile(join(broken, "test.jsonl"), rows.map((row) => JSON.stringify(row)).join("\r\n"));
  await expect(load({ directory: broken })).rejects.toThrow(/test\.jsonl, row 2: .* got 3$/);
  await rm(broken, { recursive: true });
});
