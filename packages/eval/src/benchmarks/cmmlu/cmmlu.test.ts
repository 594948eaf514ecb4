import { describe, expect, it } from "vitest";
import { promptOf, requestOf, textsOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters, gradeText } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { cmmlu } from "./cmmlu.ts";

const directory = madeUpRows("cmmlu");

async function load(options: Partial<LoadOptions>): Promise<readonly Task[]> {
  return await cmmlu.load({ directory, recipe: "readme", ...options });
}

async function loadMedicine(options: Partial<LoadOptions>): Promise<Task> {
  const [task] = await load({ tasks: ["traditional_chinese_medicine"], ...options });
  return task as Task;
}

const HEADER = "以下是关于中医中药的单项选择题，请直接给出正确答案的选项。";
const SHOT = "菊花茶的主要原料是\nA. 菊花\nB. 玫瑰\nC. 茉莉\nD. 荷叶";
const QUESTION = " 薄荷给人的感觉是 ";
const OPTIONS = "A. 灼热\nB. 清凉\nC. 麻木\nD. None";
const DIRECT = `${HEADER}\n\n题目：${SHOT}\n答案是：A\n\n题目：${QUESTION}\n${OPTIONS}\n答案是：`;

describe("CMMLU", () => {
  it("has the subjects whose files are there, with their names and groups", async () => {
    const tasks = await load({});
    expect(tasks.map(({ name, title, groups }) => ({ name, title, groups }))).toEqual([
      { name: "anatomy", title: { en: "anatomy", zh: "解剖学" }, groups: ["STEM"] },
      {
        name: "traditional_chinese_medicine",
        title: { en: "traditional chinese medicine", zh: "中医中药" },
        groups: ["Other", "China specific"],
      },
    ]);
    for (const { groups } of tasks)
      for (const group of groups) expect(cmmlu.groups).toHaveProperty([group]);
  });

  it.each([
    ["readme", DIRECT],
    ["official", DIRECT],
    [
      "opencompass",
      `${HEADER}\n题目：${SHOT}\n答案是: A\n\n\n\n\n${HEADER}\n题目：${QUESTION}\n${OPTIONS}\n答案是: A`,
    ],
    ["lm-eval", `${HEADER}\n\n${SHOT}\n答案： A\n\n薄荷给人的感觉是\n${OPTIONS}\n答案：`],
  ] as const)("has the prompt of %s", async (recipe, prompt) => {
    const { samples } = await loadMedicine({ recipe, shots: 1 });
    expect(promptOf(samples[4])).toBe(prompt);
  });

  it("asks for thoughts without examples, and reads the letter behind them", async () => {
    const { samples } = await loadMedicine({ prompt: "cot" });
    const request = requestOf(samples[4]);
    expect(request).toEqual({
      kind: "generate",
      prompt: `以下是关于中医中药的单项选择题，请分析并选出正确答案。\n\n题目：${QUESTION}\n${OPTIONS}\n逐步分析并给出答案选项。`,
      maxNewTokens: 1024,
      stop: [],
    });
    expect(await gradeText(samples[4]!, "薄荷使人清凉，因此选择B。")).toEqual({
      answer: "B",
      gold: "B",
      score: 1,
    });
    expect(await gradeText(samples[4]!, "不好说。")).toMatchObject({ answer: null, score: 0 });
  });

  it("drops the longest examples above 2048 tokens", async () => {
    const { samples } = await loadMedicine({});
    const prompt = promptOf(samples[0], { countTokens: (text) => text.length * 8 });
    // 256 characters fit; header and question have 62, the examples 44, 48, 39, 37 and 39: without the second they have 159.
    expect(prompt.match(/答案是：/g)).toHaveLength(4 + 1);
    expect(prompt).not.toContain("望闻问切");
  });

  it("compares bare letters, and grades the likeliest", async () => {
    const { samples } = await loadMedicine({});
    const sample = samples[3]!;
    expect(sample.id).toBe("traditional_chinese_medicine/test/3");
    const request = requestOf(sample);
    expect(request).toMatchObject({ kind: "letters", ids: "bare", letters: ["A", "B", "C", "D"] });
    expect(await gradeLetters(sample, [0, 1, 2, 3])).toEqual({ answer: "D", gold: "D", score: 1 });
    const openCompass = await loadMedicine({ recipe: "opencompass" });
    const texts = textsOf(openCompass.samples[3]);
    expect(texts.map((text) => text.slice(-3))).toEqual([": A", ": B", ": C", ": D"]);
  });

  it("refuses examples that there are not, and prompts", async () => {
    await expect(load({ shots: 6 })).rejects.toThrow("expected 6 examples, got 5");
    await expect(load({ prompt: "tot" })).rejects.toThrow("expected one of direct, cot");
    await expect(load({ recipe: "opencompass", prompt: "cot" })).rejects.toThrow("8b9c76");
  });

  it("has 67 subjects", () => {
    expect(cmmlu.files).toHaveLength(2 * 67);
  });
});
