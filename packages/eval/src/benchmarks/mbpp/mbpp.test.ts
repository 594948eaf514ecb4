import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestOf } from "../../__fixtures__/ask-sample.ts";
import { generated } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, RecipeName, Sample } from "../../benchmark.ts";
import { describeSandbox } from "../../code/__fixtures__/sandbox.ts";
import { mbpp } from "./mbpp.ts";

const directory = madeUpRows("mbpp");

async function samplesOf(
  recipe: RecipeName,
  options: Partial<LoadOptions> = {},
): Promise<readonly Sample[]> {
  const [task] = await mbpp.load({ directory, recipe, ...options });
  return task?.samples ?? [];
}

const ASK = "You are an expert Python programmer, and here is your task:";
const PASS = "Your code should pass these tests:\n\n";

const QUERY = `${ASK} Write a function to reverse a text. ${PASS}`;
const TESTS = 'assert back("ab") == "ba"\nassert back("") == ""\nassert back("数学") == "学数"';

describe("MBPP", () => {
  it("asks rows 10 to 509, and notes what is missing", async () => {
    const [task] = await mbpp.load({ directory, recipe: "readme" });
    expect(task?.samples.map(({ id }) => id)).toEqual(
      [10, 11, 12, 13, 14, 15].map((row) => `mbpp/test/${row}`),
    );
    expect(task?.notes).toEqual(["mbpp.jsonl has 16 of 974 problems"]);
  });

  it("writes OpenCompass's prompt, quotation marks, line ends and stray spaces included", async () => {
    const [sample] = await samplesOf("readme", { shots: 1 });
    const halve = "assert halve(4) == 2\n assert halve(8) == 4 \n assert halve(0) == 0 \n";
    expect(requestOf(sample)).toEqual({
      kind: "generate",
      prompt:
        `${ASK} Write a function to halve an even number. ${PASS} ${halve}\n` +
        "[BEGIN]\n 'def halve(n):\r\n  return n // 2' \n[DONE] \n\n \n" +
        `${QUERY} ${TESTS}  \n\n[BEGIN]\n`,
      maxNewTokens: 512,
      stop: [],
    });
  });

  it.each([
    { prompt: "6590b0", recipe: "opencompass", between: "", indent: " " },
    { prompt: "830460", recipe: "opencompass-head", between: "\n", indent: "" },
  ] as const)("writes the prompt $prompt", async ({ prompt, recipe, between, indent }) => {
    const [sample] = await samplesOf(recipe, { shots: 1, prompt });
    const halve = ["assert halve(4) == 2", "assert halve(8) == 4 ", "assert halve(0) == 0 \n"];
    expect(requestOf(sample)).toMatchObject({
      prompt:
        `${ASK} Write a function to halve an even number. ${PASS} ${halve.join(`\n${indent}`)}${between}` +
        `[BEGIN]\n 'def halve(n):\r\n  return n // 2' \n[DONE] \n\n ${between}` +
        `${QUERY} ${TESTS}  \n${between}[BEGIN]\n`,
    });
  });

  it.each([
    { recipe: "official", tokens: 512 },
    { recipe: "lm-eval", tokens: 256 },
  ] as const)("writes the paper's prompt for $recipe", async ({ recipe, tokens }) => {
    const [sample] = await samplesOf(recipe, { shots: 1 });
    expect(requestOf(sample)).toEqual({
      kind: "generate",
      prompt:
        `${ASK} Write a function to halve an even number. ${PASS}` +
        "assert halve(4) == 2\nassert halve(8) == 4\nassert halve(0) == 0\n" +
        "[BEGIN]\ndef halve(n):\r\n  return n // 2 \n[DONE]\n\n" +
        `${QUERY}${TESTS}\n[BEGIN]\n`,
      maxNewTokens: tokens,
      stop: ["[DONE]"],
    });
  });

  it("has three examples, in the order of their numbers, and no more", async () => {
    const [three, none] = [
      requestOf((await samplesOf("lm-eval"))[0]),
      requestOf((await samplesOf("lm-eval", { shots: 0 }))[0]),
    ];
    if (three?.kind !== "generate" || none?.kind !== "generate") expect.fail("no prompts");
    expect(three.prompt.match(/(?<=task: ).*?\./g)).toEqual([
      "Write a function to halve an even number.",
      "Write a python function to say hello.",
      "Write a function to keep the positive numbers of a list.",
      "Write a function to reverse a text.",
    ]);
    expect(none.prompt).toBe(`${QUERY}${TESTS}\n[BEGIN]\n`);
    await expect(samplesOf("readme", { shots: 4 })).rejects.toThrow(
      "mbpp.jsonl: expected 4 examples, got 3 (ask for 0 to 3 shots)",
    );
  });

  describe("with other files", () => {
    let folder: string;
    let lines: string[];
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "baichuan2-mbpp-"));
      lines = (await readFile(join(directory, "mbpp.jsonl"), "utf8")).trim().split("\n");
    });
    afterAll(() => rm(folder, { recursive: true }));

    it.each([
      ["without an example", () => lines.toSpliced(2, 1), "a row with the task_id 3, got none"],
      ["without questions", () => lines.slice(0, 10), "more than 10 rows, got none"],
      ["with another row", () => [...lines, '{"task_id": 17}'], "row 17: expected a row of this"],
    ])("refuses one %s", async (_, rows, message) => {
      await writeFile(join(folder, "mbpp.jsonl"), rows().join("\n"));
      await expect(samplesOf("readme", { directory: folder })).rejects.toThrow(message);
    });
  });
});

describeSandbox("MBPP, run", (python) => {
  it("passes a problem's own solution", async () => {
    for (const sample of await samplesOf("lm-eval")) {
      const { gold } = await sample.grade(generated(""), { python });
      const grade = await sample.grade(generated(gold ?? ""), { python });
      expect(grade).toMatchObject({ score: 1, note: "pass" });
    }
  });

  it.each([
    ["readme", " 'def back(s): return s[::-1]' \n[DONE]", "pass"],
    ["opencompass", "```\ndef back(s): return s[::-1]\n```", "failed"],
    ["opencompass-head", "```\ndef back(s): return s[::-1]\n```", "pass"],
    ["official", "def back(s): return s[::-1]\n", "pass"],
    ["lm-eval", "'def back(s): return s[::-1]'", "failed"],
    ["readme", "def back(s): return s", "wrong_answer"],
    ["readme", "def back(s):\n  while True: s", "timeout"],
    ["readme", "import os; os._exit(0)", "failed"],
  ] as const)("grades as %s does: %j", async (recipe, text, note) => {
    const [sample] = await samplesOf(recipe);
    const grade = await sample?.grade(generated(text), { python });
    expect(grade).toMatchObject({ score: Number(note === "pass"), note });
  });
});
