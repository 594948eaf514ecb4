import { join } from "node:path";
import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { goldenCases, sha256, sharedRows } from "../../__fixtures__/golden.ts";
import { agieval } from "./agieval.ts";
import { exampleText, fewShotPrompt, zeroShotPrompt } from "./agieval-prompt.ts";
import { isRight, readAnswer, type AgievalSetting } from "./extract-answer.ts";
import { readExampleTable } from "./few-shot-table.ts";
import { agievalPath, loadAgievalTask } from "./load-agieval.ts";
import { AGIEVAL_TASKS, type AgievalTask } from "./tasks.ts";

interface OutputCase {
  readonly kind: "qa" | "math";
  readonly id: string;
  readonly dataset: string;
  readonly setting: AgievalSetting;
  readonly output: string;
  readonly parsed: string | string[] | null;
  readonly label: string | string[];
  readonly correct: boolean;
}

interface PromptCase {
  readonly kind: "prompt";
  readonly id: string;
  readonly dataset: string;
  readonly setting: AgievalSetting;
  readonly row: number;
  readonly max_tokens: number | null;
  readonly prompt: string | null;
  readonly prompt_sha256: string;
}

/** Tokens of the stand-in of the golden file. */
const countTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);

const taskOf = (name: string): AgievalTask => AGIEVAL_TASKS[name] as AgievalTask;

async function promptOf({ dataset, setting, row, max_tokens }: PromptCase): Promise<string> {
  const task = taskOf(dataset);
  const directory = sharedRows("agieval");
  const rows = await loadAgievalTask(join(directory, agievalPath(dataset)), task);
  const asked = rows[row]!;
  if (max_tokens === null) return zeroShotPrompt(task, asked, setting);
  const table = await readExampleTable(directory);
  const examples = table(dataset, task).map((one, at) => exampleText(task, one, at + 1, setting));
  return fewShotPrompt(task, asked, examples, { maxTokens: max_tokens, countTokens });
}

describeShared("AGIEval's own code", "eval-golden/agieval_official.json", () => {
  const cases = goldenCases<OutputCase | PromptCase>("agieval_official");
  const outputs = cases.filter((one) => one.kind !== "prompt");
  const prompts = cases.filter((one) => one.kind === "prompt");

  it.each(outputs)("$id: $dataset, $setting, reads $output", ({ dataset, setting, ...golden }) => {
    const task = taskOf(dataset);
    const answer = readAnswer(task, setting, golden.output);
    expect(answer).toEqual(golden.parsed);
    expect(isRight(task, answer, golden.label)).toBe(golden.correct);
  });

  it.each(prompts)("$id: prompt of $dataset, $setting, $max_tokens tokens", async (golden) => {
    const prompt = await promptOf(golden);
    if (golden.prompt !== null) expect(prompt).toBe(golden.prompt);
    expect(sha256(prompt)).toBe(golden.prompt_sha256);
  });
});

describeShared("AGIEval's rows and examples", "eval/agieval", () => {
  const directory = sharedRows("agieval");

  it("are three to five examples for each task", async () => {
    const examplesOf = await readExampleTable(directory);
    const counts = Object.entries(AGIEVAL_TASKS).map(
      ([name, task]) => examplesOf(name, task).length,
    );
    expect(counts).toHaveLength(21);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([3, 5]);
  });

  it("leave out the passages of the task that has none", async () => {
    const examplesOf = await readExampleTable(directory);
    const passages = (name: string) =>
      examplesOf(name, taskOf(name)).map(({ row }) => row.passage.length > 0);
    expect(passages("sat-en")).toEqual([true, true, true]);
    expect(passages("sat-en-without-passage")).toEqual([false, false, false]);
  });

  it("are all asked by the original", async () => {
    const tasks = await agieval.load({ directory, recipe: "official", shots: 3 });
    const rows = { "jec-qa-kd": 500 };
    expect(Object.fromEntries(tasks.map(({ name, samples }) => [name, samples.length]))).toEqual({
      ...Object.fromEntries(tasks.map(({ name }) => [name, taskOf(name).rows])),
      ...rows,
    });
  });

  it("leave those with one letter of four for the README's recipe", async () => {
    const tasks = await agieval.load({ directory, recipe: "readme" });
    expect(
      Object.fromEntries(tasks.map(({ name, samples }) => [name, samples.length + 5])),
    ).toEqual({
      "gaokao-geography": 199,
      "gaokao-biology": 210,
      "gaokao-physics": 165,
      // Seven rows have several letters in one text: `ACD`
      "gaokao-mathqa": 344,
      "jec-qa-kd": 237,
      "logiqa-zh": 651,
      "sat-math": 220,
    });
  });
});
