import { expect, it } from "vitest";
import { generationOf, sampleOf } from "../../__fixtures__/ask-sample.ts";
import { gradeText } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, RecipeName, Sample } from "../../benchmark.ts";
import { bbh } from "./bbh.ts";

const directory = madeUpRows("bbh");
const CHOICE = "snarks/test/2";
const FREE = "word_sorting/test/1";

async function load(id: string, options: Partial<LoadOptions> = {}): Promise<Sample> {
  const tasks = await bbh.load({ directory, recipe: "readme", ...options });
  return sampleOf(tasks, id) as Sample;
}

it("a prompt is the task's examples as they are in its file, and the question", async () => {
  const { prompt, maxNewTokens, stop } = generationOf(await load(FREE));
  expect(prompt).toBe(`Follow the given examples and answer the question.
Sort words by their letters.

Q: Sort these words: List: oak elm
A: Let's think step by step.
The first letters are "o" and "e".
We have "e" < "o". So the answer is elm oak.

Q: Sort these words: List: c b a
A: Let's think step by step.
We have "a" < "b" < "c". So the answer is a b c.

Q: Sort these words: List: ivy ash
A: Let's think step by step. We have "a" < "i". So the answer is ash ivy.

Q: Sort these words: List: zebra émeu yak
A: Let's think step by step.`);
  expect({ maxNewTokens, stop }).toEqual({ maxNewTokens: 512, stop: ["\n\nQ:"] });
});

it("the lines against training on the data are kept if that is asked for", async () => {
  const { prompt } = generationOf(await load(CHOICE, { prompt: "with-canary", shots: 0 }));
  expect(prompt.split("\n").slice(0, 4)).toEqual([
    "Follow the given examples and answer the question.",
    "MADE-UP DATA FOR TESTS, in the form of BIG-Bench Hard.",
    "-----",
    "Find the sentence that is meant the other way round.",
  ]);
});

it("answers stand alone if that is asked for", async () => {
  const sample = await load(CHOICE, { direct: true, shots: 1 });
  const { prompt, stop } = generationOf(sample);
  expect(prompt).toBe(`Follow the given examples and answer the question.
Find the sentence that is meant the other way round.

Such a sentence praises what is bad.

Q: Which sentence is meant the other way round?
Options:
(A) What a fine day for a flood
(B) It rains
A: (A)

Q: Which sentence is meant the other way round?
Options:
(A) None
(B) Oh sure, none of it was his fault
A:`);
  expect(stop).toEqual(["\n\nQ:"]);
  expect(await gradeText(sample, " (B)")).toEqual({ answer: "B", gold: "B", score: 1 });
  const sorted = await load(FREE, { direct: true, recipe: "lm-eval" });
  expect(generationOf(sorted).maxNewTokens).toBe(256);
  expect(await gradeText(sorted, " yak zebra émeu")).toMatchObject({ score: 1 });
});

it("OpenCompass of the release does not stop a generation, that of 2026 has a line more", async () => {
  expect(generationOf(await load(FREE, { recipe: "opencompass" })).stop).toEqual([]);
  const { prompt, stop } = generationOf(await load(FREE, { recipe: "opencompass-head" }));
  expect(stop).toEqual(["Q:"]);
  expect(prompt).toContain("So the answer is ash ivy.\n\n\nQ: Sort these words");
});

it("the authors show nothing but the file; lm-evaluation-harness begins a line for the answer", async () => {
  const official = generationOf(await load(FREE, { recipe: "official" })).prompt;
  expect(official).toMatch(/^Sort words by their letters\.\n\nQ: /);
  expect(official).toMatch(/émeu yak\nA: Let's think step by step\.$/);
  const request = generationOf(await load(FREE, { recipe: "lm-eval" }));
  // The third example goes on behind its cue.
  expect(request.prompt).toBe(`${official}\n`.replace("step. We", "step.\nWe"));
  expect(request.stop).toEqual(["</s>", "Q", "\n\n"]);
});

it.each<[RecipeName, string, string, { answer: string | null; gold: string; score: number }]>([
  ["readme", CHOICE, "So the answer is (B) or (A).", { answer: "B", gold: "B", score: 1 }],
  [
    "opencompass",
    FREE,
    "So the answer is Yak zebra émeu.",
    { answer: "Yak zebra émeu", gold: "yak zebra émeu", score: 0 },
  ],
  [
    "opencompass-head",
    FREE,
    "**The Answer is:** yak, zebra, ÉMEU.",
    { answer: "** yak zebra ÉMEU", gold: "yak zebra émeu", score: 0 },
  ],
  [
    "opencompass-head",
    FREE,
    "The Answer is: Yak, zebra, ÉMEU.",
    { answer: "Yak zebra ÉMEU", gold: "yak zebra émeu", score: 1 },
  ],
  [
    "official",
    CHOICE,
    "So the answer is (B) or (A).",
    { answer: "(B) or (A)", gold: "(B)", score: 0 },
  ],
  ["official", CHOICE, "So the answer is (B).", { answer: "(B)", gold: "(B)", score: 1 }],
  ["lm-eval", CHOICE, "So the answer is (B).", { answer: "(B)", gold: "(B)", score: 1 }],
  ["lm-eval", CHOICE, "So the answer is (B)", { answer: "(B", gold: "(B)", score: 0 }],
  ["readme", FREE, "", { answer: null, gold: "yak zebra émeu", score: 0 }],
])("%s grades %s: %j", async (recipe, id, text, grade) => {
  expect(await gradeText(await load(id, { recipe }), text)).toEqual(grade);
});

it("asks for tasks by name, and refuses what is not there", async () => {
  const tasks = await bbh.load({ directory, recipe: "readme" });
  expect(tasks.map(({ name, samples }) => [name, samples.length])).toEqual([
    ["snarks", 6],
    ["word_sorting", 6],
  ]);
  const missing = load(FREE, { tasks: ["navigate"] });
  await expect(missing).rejects.toThrow(/navigate\.(json|txt): expected a file, got nothing/);
  await expect(load(FREE, { shots: 4 })).rejects.toThrow(/\.txt: expected 4 examples, got 3/);
  await expect(load(FREE, { prompt: "canary" })).rejects.toThrow(
    /without-canary, with-canary, got/,
  );
});
