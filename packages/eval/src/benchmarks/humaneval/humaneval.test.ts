import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { requestOf } from "../../__fixtures__/ask-sample.ts";
import { generated } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, RecipeName, Sample } from "../../benchmark.ts";
import { describeSandbox } from "../../code/__fixtures__/sandbox.ts";
import { humaneval } from "./humaneval.ts";

const directory = madeUpRows("humaneval");

async function samplesOf(
  recipe: RecipeName,
  options: Partial<LoadOptions> = {},
): Promise<readonly Sample[]> {
  const [task] = await humaneval.load({ directory, recipe, ...options });
  return task?.samples ?? [];
}

const TWICE = `
def twice(n: int) -> int:
    """ Double a number.
    >>> twice(4)
    8
    """
`;

describe("HumanEval", () => {
  it("makes a task of all problems, and notes what is missing", async () => {
    const tasks = await humaneval.load({ directory, recipe: "readme" });
    expect(tasks).toHaveLength(1);
    expect(tasks[0]?.samples.map(({ id }) => id).slice(0, 2)).toEqual([
      "humaneval/test/0",
      "humaneval/test/1",
    ]);
    expect(tasks[0]?.notes).toEqual(["HumanEval.jsonl.gz has 6 of 164 problems"]);
  });

  it.each([
    { recipe: "readme", before: "Complete the following python code:\n", tokens: 512 },
    { recipe: "opencompass", before: "Complete the following python code:\n", tokens: 512 },
    { recipe: "official", before: "", tokens: 512, isStopped: true },
    { recipe: "lm-eval", before: "", tokens: 1024, isStopped: true },
    {
      recipe: "opencompass-head",
      before:
        "Read the following function signature and docstring, and fully implement the function described. Your response should only contain the code for this function.\n",
      tokens: 1024,
    },
  ] as const)("asks as $recipe does", async ({ recipe, before, tokens, ...rest }) => {
    const isStopped = "isStopped" in rest;
    expect(requestOf((await samplesOf(recipe))[0])).toEqual({
      kind: "generate",
      prompt: before + TWICE,
      maxNewTokens: tokens,
      stop: isStopped ? ["\nclass", "\ndef", "\n#", "\nif", "\nprint"] : [],
    });
  });

  it("has the prompts that a recipe's source has", async () => {
    const [raw] = await samplesOf("opencompass", { prompt: "a82cae" });
    expect(requestOf(raw)).toMatchObject({ prompt: TWICE });
    const [base] = await samplesOf("opencompass-head", { prompt: "ce6b06" });
    expect(requestOf(base)).toMatchObject({
      prompt: `# Complete the following python code:\n${TWICE}`,
    });
    await expect(samplesOf("readme", { prompt: "dcae0e" })).rejects.toThrow(
      "expected one of 8e312c, a82cae, 6f294d, got dcae0e",
    );
  });

  it("draws as many answers as are asked for", async () => {
    const [sample] = await samplesOf("official", { samples: 10, temperature: 0.2, seed: 1 });
    expect(requestOf(sample)).toMatchObject({
      sampling: { n: 10, temperature: 0.2, topP: 0.95, seed: 1 },
    });
  });

  it("refuses a row that is none of it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "baichuan2-humaneval-"));
    const row = { task_id: "HumanEval/0", prompt: "", entry_point: "f)", canonical_solution: "" };
    const file = join(folder, "HumanEval.jsonl.gz");
    await writeFile(file, gzipSync(JSON.stringify({ ...row, test: "" })));
    await expect(humaneval.load({ directory: folder, recipe: "readme" })).rejects.toThrow(
      /HumanEval\.jsonl\.gz, row 1: expected a row of this benchmark, got .* at entry_point/,
    );
    await rm(folder, { recursive: true });
  });

  it("says where to get what is not there", async () => {
    await expect(humaneval.load({ directory: "/nowhere", recipe: "readme" })).rejects.toThrow(
      "/nowhere: expected the files of a benchmark, got none of them",
    );
  });
});

describeSandbox("HumanEval, run", (python) => {
  it("passes a problem's own solution, whatever its language", async () => {
    for (const sample of await samplesOf("lm-eval")) {
      const { gold } = await sample.grade(generated(""), { python });
      const grade = await sample.grade(generated(gold ?? ""), { python });
      expect(grade).toMatchObject({ score: 1, note: "passed" });
    }
  });

  it.each([
    { recipe: "readme", text: "return n + n\n\nThis doubles.", answer: "    return n + n" },
    { recipe: "official", text: "    return 2 * n", answer: "    return 2 * n" },
    { recipe: "lm-eval", text: "    return 2 * n", answer: "    return 2 * n" },
    {
      recipe: "opencompass-head",
      text: "Here:\n```python\ndef twice(n):\n    return n + n\n```",
      answer: "def twice(n):\n    return n + n\n",
    },
  ] as const)("grades as $recipe does", async ({ recipe, text, answer }) => {
    const [sample] = await samplesOf(recipe);
    const grade = await sample?.grade(generated(text), { python });
    expect(grade).toEqual({ answer, gold: "    return n + n\n", score: 1, note: "passed" });
  });

  it("loses what stands behind a blank line, as OpenCompass of 2023 does", async () => {
    const sample = (await samplesOf("readme"))[3];
    const grade = await sample?.grade(
      generated("    root = math.isqrt(n)\n\n    return root * root == n\n"),
      { python },
    );
    expect(grade).toMatchObject({ answer: "    root = math.isqrt(n)", score: 0 });
    expect(grade?.note).toBe("failed: ");
  });

  it("does not pass a program that leaves early", async () => {
    const [sample] = await samplesOf("official");
    for (const text of ["    exit()", "    import sys; sys.exit(0)", "    import os; os._exit(0)"])
      expect(await sample?.grade(generated(text), { python })).toMatchObject({ score: 0 });
  });

  it("counts how many of several answers pass", async () => {
    const [sample] = await samplesOf("official", { samples: 3 });
    const texts = ["    return n + n", "    return n", "    return n << 1"];
    const grade = await sample?.grade(generated(...texts), { python });
    expect(grade).toMatchObject({ score: 2 / 3, note: "2 of 3 passed" });
  });
});
