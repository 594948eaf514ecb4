import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generationOf, sampleOf } from "../../__fixtures__/ask-sample.ts";
import { gradeText } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, RecipeName, Sample } from "../../benchmark.ts";
import { math } from "./math.ts";

const directory = madeUpRows("math");

async function load(id: string, options: Partial<LoadOptions> = {}): Promise<Sample> {
  const tasks = await math.load({ directory, recipe: "readme", ...options });
  return sampleOf(tasks, id) as Sample;
}

it("problems are named after their files and ordered by number", async () => {
  const tasks = await math.load({ directory, recipe: "readme" });
  expect(tasks.map(({ name }) => name)).toEqual(["algebra", "geometry"]);
  const ids = [2, 7, 10, 11, 25, 101].map((number) => `algebra/test/${number}`);
  expect(tasks[0]?.samples.map(({ id }) => id)).toEqual(ids);
});

it("the README's prompt keeps the doubled braces and the stray ones", async () => {
  const { prompt, maxNewTokens, stop } = generationOf(await load("algebra/test/11"));
  expect(
    prompt.startsWith(String.raw`Problem:
Find the domain of the expression $\frac{{\sqrt{{x-2}}}}{{\sqrt{{5-x}}}}$.}}
Solution:
`),
  ).toBe(true);
  expect(
    prompt.endsWith(String.raw`Final Answer: The final answer is $-\frac{{2}}{{3}}$. I hope it is correct.

Problem:
The line "$y = 2x + c$" passes through $(1, 5)$.
What is $c$?
Solution:
`),
  ).toBe(true);
  expect({ maxNewTokens, stop }).toEqual({ maxNewTokens: 512, stop: [] });
});

it("OpenCompass of 2026 writes the solution behind an empty line, but not that which is asked for", async () => {
  const request = generationOf(await load("algebra/test/10", { recipe: "opencompass-head" }));
  expect(request.prompt).toContain(
    "$\\frac{\\sqrt{x-2}}{\\sqrt{5-x}}$.\n\nSolution:\nThe expressions",
  );
  expect(request.prompt).toContain("30n&=480\\\n\\Rightarrow");
  expect(request.prompt).toMatch(/correct\.\n\nProblem:\nWhat is half of .*\?\nSolution:$/);
  expect({ ...request, prompt: "" }).toEqual({
    kind: "generate",
    prompt: "",
    maxNewTokens: 1024,
    stop: ["Problem"],
  });
});

it("hendrycks shows answers alone and goes on without the word Problem", async () => {
  const sample = await load("algebra/test/2", { recipe: "official", shots: 1 });
  expect(generationOf(sample)).toEqual({
    kind: "generate",
    prompt: String.raw`Given a mathematics problem, determine the answer. Simplify your answer as much as possible.
Problem: What is $\left(\frac{7}{8}\right)^3 \cdot \left(\frac{7}{8}\right)^{-3}$?
Answer: $1$
###
Solve $3x = 12$ for $x$.
Answer: $`,
    maxNewTokens: 20,
    stop: ["$", "###", "\n"],
  });
});

it("lm-evaluation-harness has Minerva's problems with single braces, or none", async () => {
  const minerva = generationOf(await load("geometry/test/3", { recipe: "lm-eval" }));
  expect(minerva.prompt).toContain(String.raw`$\frac{\sqrt{x-2}}{\sqrt{5-x}}$.}

Solution: The expressions inside`);
  expect(minerva.prompt).toMatch(/\$\(0,0\)\$ and \$\(2,4\)\$\?\n\nSolution:$/);
  const options = { recipe: "lm-eval", prompt: "hendrycks_math" } as const;
  const { prompt } = generationOf(await load("geometry/test/2", options));
  expect(prompt).toBe(
    String.raw`Problem: A circle has radius $\frac{1}{2}$. What is its circumference?` +
      "\nAnswer:",
  );
});

const FINAL = "Final Answer: The final answer is";

it.each<[RecipeName, string | undefined, string, string, string | null, number]>([
  [
    "readme",
    undefined,
    "algebra/10",
    `So it is less. ${FINAL} $\\frac38$. I hope`,
    "\\frac{3}{8}",
    1,
  ],
  // A decimal point ends the sentence.
  ["readme", undefined, "geometry/5", `${FINAL} $0.125$. I hope it is correct.`, "0", 0],
  ["opencompass", "559593", "algebra/25", "the final answer is $1,200$", "1200", 0],
  ["opencompass-head", "559593", "algebra/25", "the final answer is $1,200$", "1200", 1],
  ["opencompass-head", undefined, "geometry/5", "So \\boxed{{.125}}.", ".125", 1],
  ["opencompass-head", undefined, "geometry/0", "The answer is 9 cm. Done", "9", 1],
  ["official", undefined, "algebra/101", "2\\sqrt3", "2\\sqrt3", 1],
  ["official", undefined, "geometry/1", " 70", " 70", 1],
  ["official", undefined, "geometry/2", "", null, 0],
  ["lm-eval", undefined, "algebra/7", `${FINAL} $\\text{yes}$. I hope it is correct.`, "yes", 1],
  ["lm-eval", undefined, "algebra/7", "The final answer is yes.", null, 0],
  ["lm-eval", "hendrycks_math", "geometry/3", "It is $(1, 2)$, of course.", "(1, 2)", 1],
])("%s %s grades %s: %j", async (recipe, prompt, id, text, answer, score) => {
  const sample = await load(id.replace("/", "/test/"), { recipe, prompt });
  expect(await gradeText(sample, text)).toMatchObject({ answer, score });
});

it("refuses what is not there, by name", async () => {
  await expect(load("", { tasks: ["precalculus"] })).rejects.toThrow(
    /precalculus\/: expected a folder/,
  );
  await expect(load("", { shots: 5 })).rejects.toThrow(/expected 5 examples, got 4/);
  await expect(load("", { recipe: "lm-eval", prompt: "265cce" })).rejects.toThrow(
    /minerva_math, hendrycks_math, got 265cce/,
  );
});

it("a solution without a box is refused, by its file", async () => {
  const broken = await mkdtemp(join(tmpdir(), "math-"));
  await cp(directory, broken, { recursive: true });
  const row = { problem: "1 + 1?", level: "Level 1", type: "Algebra", solution: "2" };
  await writeFile(join(broken, "MATH/test/algebra/8.json"), JSON.stringify(row));
  await expect(load("", { directory: broken })).rejects.toThrow(
    /8\.json: expected .*boxed.* got 2$/,
  );
  await rm(broken, { recursive: true });
});
