import { describe, expect, it } from "vitest";
import { promptOf, textsOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters, gradeResponse, gradeText } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { baichuanCevalPrompt, cevalPrompt } from "./ceval-prompt.ts";
import { ceval } from "./ceval.ts";
import { CEVAL_SUBJECTS, cevalGroups } from "./subjects.ts";

const directory = madeUpRows("ceval");

async function load(options: Partial<LoadOptions>): Promise<readonly Task[]> {
  return await ceval.load({ directory, recipe: "readme", ...options });
}

async function loadMedicine(options: Partial<LoadOptions>): Promise<Task> {
  const [task] = await load({ tasks: ["clinical_medicine"], ...options });
  return task as Task;
}

const SHOT = "正常成人的体温约为____。\nA. 30℃\nB. 37℃\nC. 42℃\nD. 45℃";
const QUESTION = "患者说：“我头痛。”\n首先应当____。\nA. 手术\nB. 问诊\nC. 输血\nD. None";

describe("C-Eval", () => {
  it("has the subjects whose files are there, with their names and groups", async () => {
    const tasks = await load({});
    expect(tasks.map(({ name, title, groups }) => ({ name, title, groups }))).toEqual([
      {
        name: "advanced_mathematics",
        title: { en: "Advanced Mathematics", zh: "高等数学" },
        groups: ["STEM", "Hard"],
      },
      {
        name: "clinical_medicine",
        title: { en: "Clinical Medicine", zh: "临床医学" },
        groups: ["Other"],
      },
    ]);
    expect(tasks.flatMap(({ samples }) => samples.map(({ id }) => id)).slice(5, 7)).toEqual([
      "advanced_mathematics/val/5",
      "clinical_medicine/val/0",
    ]);
    for (const { groups } of tasks)
      for (const group of groups) expect(ceval.groups).toHaveProperty([group]);
  });

  it.each([
    [
      "readme",
      `以下是中国关于临床医学考试的单项选择题，请选出其中的正确答案。\n\n${SHOT}\n答案：B\n${QUESTION}\n答案：`,
    ],
    [
      "official",
      `以下是中国关于临床医学考试的单项选择题，请选出其中的正确答案。\n\n${SHOT}\n答案：B\n\n${QUESTION}\n答案：`,
    ],
    [
      "opencompass",
      `以下是中国关于临床医学考试的单项选择题，请选出其中的正确答案。\n${SHOT}\n答案: \nB\n\n\n\n\n以下是中国关于临床医学考试的单项选择题，请选出其中的正确答案。\n${QUESTION}\n答案: \nA`,
    ],
    [
      "lm-eval",
      `以下是中国关于临床医学的单项选择题，请选出其中的正确答案。\n\n${SHOT}\n答案： B\n\n${QUESTION}\n答案：`,
    ],
  ] as const)("has the prompt of %s", async (recipe, prompt) => {
    const { samples } = await loadMedicine({ recipe, shots: 1 });
    expect(promptOf(samples[1])).toBe(prompt);
  });

  it("compares bare letters, the log-likelihood of spaced ones, or whole texts", async () => {
    const [readme, lmEval, openCompass] = await Promise.all(
      (["readme", "lm-eval", "opencompass"] as const).map((recipe) => loadMedicine({ recipe })),
    );
    const tools = { countTokens: () => 0 };
    expect(readme?.samples[0]?.request(tools)).toMatchObject({ kind: "letters", ids: "bare" });
    expect(lmEval?.samples[0]?.request(tools)).toMatchObject({
      kind: "logLikelihood",
      continuations: [" A", " B", " C", " D"],
    });
    const texts = textsOf(openCompass?.samples[0], tools);
    expect(texts.map((text) => text.slice(-3))).toEqual([" \nA", " \nB", " \nC", " \nD"]);
  });

  it("grades the likeliest letter, the first of equals", async () => {
    const { samples } = await loadMedicine({});
    // Row 1: B is right.
    const sample = samples[1]!;
    expect(await gradeLetters(sample, [1, 2, 2, 0])).toEqual({ answer: "B", gold: "B", score: 1 });
    expect(await gradeLetters(sample, [3, 2, 2, 0])).toEqual({ answer: "A", gold: "B", score: 0 });
    expect(
      await gradeResponse(sample, {
        kind: "perplexity",
        losses: [1.5, 1.25, 1.75, 2],
        truncatedTokens: 0,
      }),
    ).toMatchObject({ answer: "B", score: 1 });
    expect(
      await gradeResponse(sample, {
        kind: "logLikelihood",
        logLikelihoods: [-3, -2, -1, -4],
        truncatedTokens: 0,
      }),
    ).toMatchObject({ answer: "C", score: 0 });
    expect(await gradeText(sample, "答案是选项B")).toMatchObject({ answer: "B", score: 1 });
    expect(await gradeText(sample, "不知道")).toEqual({ answer: null, gold: "B", score: 0 });
  });

  it("has examples in the file's order, or with a seed in an order of each question's own", async () => {
    const letters = (task: Task, row: number): string =>
      [...promptOf(task.samples[row]).matchAll(/答案：([A-D])/g)]
        .map(([, letter]) => letter)
        .join("");
    const inOrder = await loadMedicine({});
    expect([0, 1, 2].map((row) => letters(inOrder, row))).toEqual(["BADCA", "BADCA", "BADCA"]);
    const [first, second] = [await loadMedicine({ seed: 3 }), await loadMedicine({ seed: 3 })];
    const orders = first.samples.map((_, row) => letters(first, row));
    expect(orders).toEqual(second.samples.map((_, row) => letters(second, row)));
    expect(new Set(orders).size).toBeGreaterThan(2);
    for (const order of orders) expect([...order].toSorted().join("")).toBe("AABCD");
  });

  it("calls Mao Zedong Thought as Baichuan's script does, and as the original does", () => {
    const question = { question: "q", options: ["a", "b", "c", "d"], answer: "A" };
    const examples = { subject: "mao_zedong_thought", shots: [], question };
    expect(baichuanCevalPrompt(examples).header).toContain("理论概论考试");
    expect(cevalPrompt(examples).header).toContain("理论体系概论考试");
  });

  it("asks test, whose answers nobody has published, and scores nothing", async () => {
    const { samples, notes } = await loadMedicine({ split: "test" });
    expect(samples[3]?.id).toBe("clinical_medicine/test/3");
    expect(await gradeLetters(samples[3]!, [0, 0, 1, 0])).toEqual({
      answer: "C",
      gold: null,
      score: null,
    });
    expect(notes).toHaveLength(1);
  });

  it("refuses examples that there are not, splits, and subjects", async () => {
    await expect(load({ shots: 6 })).rejects.toThrow(
      /_dev\.csv: expected 6 examples, got 5 \(ask for 0 to 5 shots\)$/,
    );
    await expect(load({ split: "train" })).rejects.toThrow("expected one of val, test, dev");
    await expect(load({ tasks: ["astrology"] })).rejects.toThrow("tasks: expected some of");
    await expect(load({ tasks: ["law"] })).rejects.toThrow(/law_(dev|val)\.csv: expected a file/);
  });

  it("has 52 subjects: 20, 10, 11 and 11 of the categories, 8 of them hard", () => {
    expect(ceval.files).toHaveLength(3 * 52);
    const counts: Record<string, number> = {};
    for (const group of Object.keys(CEVAL_SUBJECTS).flatMap(cevalGroups))
      counts[group] = (counts[group] ?? 0) + 1;
    expect(counts).toEqual({
      STEM: 20,
      "Social Science": 10,
      Humanities: 11,
      Other: 11,
      Hard: 8,
    });
  });
});
