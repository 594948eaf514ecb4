import { describe, expect, it } from "vitest";
import { promptOf, textsOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters, gradeResponse, gradeText } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { mmlu } from "./mmlu.ts";

const directory = madeUpRows("mmlu");

async function load(options: Partial<LoadOptions>): Promise<readonly Task[]> {
  return await mmlu.load({ directory, recipe: "readme", ...options });
}

async function loadAlgebra(options: Partial<LoadOptions>): Promise<Task> {
  const [task] = await load({ tasks: ["abstract_algebra"], ...options });
  return task as Task;
}

const HEADER = "The following are multiple choice questions (with answers) about";
const SHOT = "What is 3 + 4 modulo 5?\nA. 1\nB. 2\nC. 3\nD. 4";
const OPTIONS = "A. 5\nB. 7\nC. 8\nD. None";

describe("MMLU", () => {
  it("has the subjects whose files are there, with their groups", async () => {
    const tasks = await load({});
    expect(tasks.map(({ name, groups, samples }) => [name, groups, samples.length])).toEqual([
      ["abstract_algebra", ["STEM", "math"], 6],
      ["anatomy", ["other (business, health, misc.)", "health"], 6],
    ]);
    for (const { groups } of tasks)
      for (const group of groups) expect(mmlu.groups).toHaveProperty([group]);
  });

  it.each([
    [
      "readme",
      `${HEADER}  abstract algebra.\n\n${SHOT}\nAnswer: B\n\n Which of these, if any, divides 12? \n${OPTIONS}\nAnswer:`,
    ],
    [
      "official",
      `${HEADER}  abstract algebra.\n\n${SHOT}\nAnswer: B\n\n Which of these, if any, divides 12? \n${OPTIONS}\nAnswer:`,
    ],
    [
      "opencompass",
      `${HEADER}  abstract algebra.\n\n${SHOT}\nAnswer: B\n\n Which of these, if any, divides 12? \n${OPTIONS}\nAnswer: A`,
    ],
    [
      "lm-eval",
      `${HEADER} abstract algebra.\n\n${SHOT}\nAnswer: B\n\nWhich of these, if any, divides 12?\n${OPTIONS}\nAnswer:`,
    ],
  ] as const)("has the prompt of %s", async (recipe, prompt) => {
    const { samples } = await loadAlgebra({ recipe, shots: 1 });
    expect(promptOf(samples[4])).toBe(prompt);
  });

  it("keeps the line ends of a cell, but for OpenCompass, whose reader knows one kind", async () => {
    const [readme, openCompass] = await Promise.all([
      loadAlgebra({}),
      loadAlgebra({ recipe: "opencompass" }),
    ]);
    expect(promptOf(readme.samples[0])).toContain("unit of Z_4.\r\nStatement 2");
    expect(promptOf(openCompass.samples[0])).toContain("unit of Z_4.\nStatement 2");
  });

  it("has OpenCompass's line end behind the examples also where there are none", async () => {
    const { samples } = await loadAlgebra({ recipe: "opencompass", shots: 0 });
    const texts = textsOf(samples[0]);
    expect(texts[2]).toBe(
      `${HEADER}  abstract algebra.\n\n\nWhat is 4 * 4 modulo 7?\nA. 0\nB. 1\nC. 2\nD. 3\nAnswer: C`,
    );
  });

  it("compares bare or spaced letters, or log-likelihoods of spaced ones", async () => {
    const tools = { countTokens: () => 0 };
    const requests = await Promise.all(
      (["readme", "official", "lm-eval"] as const).map(async (recipe) =>
        (await loadAlgebra({ recipe })).samples[0]?.request(tools),
      ),
    );
    expect(requests).toMatchObject([
      { kind: "letters", ids: "bare" },
      { kind: "letters", ids: "spaced" },
      { kind: "logLikelihood", continuations: [" A", " B", " C", " D"] },
    ]);
    const both = await loadAlgebra({ letters: "both" });
    expect(both.samples[0]?.request(tools)).toMatchObject({ kind: "letters", ids: "both" });
    const generated = await loadAlgebra({ answers: "generate" });
    expect(generated.samples[0]?.request(tools)).toMatchObject({ kind: "generate", stop: [] });
  });

  it("drops the last examples until a prompt has 2048 tokens", async () => {
    const tools = { countTokens: (text: string) => text.length * 5 };
    const [five, three] = await Promise.all([loadAlgebra({}), loadAlgebra({ shots: 3 })]);
    const prompt = promptOf(five.samples[0], tools);
    expect(prompt.match(/Answer: /g)).toHaveLength(2);
    expect(prompt.length * 5).toBeLessThanOrEqual(2048);
    expect(promptOf(three.samples[0]).length * 5).toBeGreaterThan(2048);
  });

  it("grades the likeliest letter", async () => {
    const [, task] = await load({});
    // anatomy, row 3: D is right.
    const sample = task!.samples[3]!;
    expect(await gradeLetters(sample, [0, 1, 2, 3])).toEqual({ answer: "D", gold: "D", score: 1 });
    expect(await gradeText(sample, " D. Humerus")).toMatchObject({ answer: "D", score: 1 });
    const logLikelihoods = [-1, -2, -3, -4];
    expect(
      await gradeResponse(sample, { kind: "logLikelihood", logLikelihoods, truncatedTokens: 0 }),
    ).toEqual({ answer: "A", gold: "D", score: 0 });
  });

  it("asks val where it is told to", async () => {
    const tasks = await load({ split: "val" });
    expect(tasks.map(({ samples }) => samples.map(({ id }) => id))).toEqual([
      ["anatomy/val/0", "anatomy/val/1"],
    ]);
  });

  it("refuses examples that there are not, and splits", async () => {
    await expect(load({ shots: 6 })).rejects.toThrow(
      /_dev\.csv: expected 6 examples, got 5 \(ask for 0 to 5 shots\)$/,
    );
    await expect(load({ split: "dev" })).rejects.toThrow("expected one of test, val");
  });

  it("has 57 subjects and 14 042 test rows", () => {
    const tests = mmlu.files.filter(({ path }) => path.endsWith("_test.csv"));
    expect(tests).toHaveLength(57);
    expect(tests.reduce((sum, { rows = 0 }) => sum + rows, 0)).toBe(14_042);
  });
});
