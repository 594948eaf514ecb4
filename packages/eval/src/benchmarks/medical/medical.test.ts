import { describe, expect, it } from "vitest";
import { promptOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { medical } from "./medical.ts";

/** Need not be there: its siblings are read. */
const directory = madeUpRows("medical");

async function load(options: Partial<LoadOptions>): Promise<readonly Task[]> {
  return await medical.load({ directory, recipe: "readme", ...options });
}

describe("the medical subjects", () => {
  it("are those of C-Eval, MMLU and CMMLU whose files lie in folders beside", async () => {
    const tasks = await load({});
    expect(tasks.map(({ name, groups, samples }) => [name, groups, samples[0]?.id])).toEqual([
      ["ceval-clinical_medicine", ["ceval"], "ceval-clinical_medicine/val/0"],
      ["mmlu-anatomy", ["mmlu"], "mmlu-anatomy/test/0"],
      ["cmmlu-anatomy", ["cmmlu"], "cmmlu-anatomy/test/0"],
      [
        "cmmlu-traditional_chinese_medicine",
        ["cmmlu"],
        "cmmlu-traditional_chinese_medicine/test/0",
      ],
    ]);
    expect(tasks[1]?.title).toEqual({ en: "MMLU: anatomy", zh: "MMLU：anatomy" });
    for (const { groups } of tasks)
      for (const group of groups) expect(medical.groups).toHaveProperty([group]);
  });

  it("keep the prompts of their benchmarks", async () => {
    const tasks = await load({ shots: 2 });
    expect(tasks.map(({ samples }) => promptOf(samples[0]).split("\n")[0])).toEqual([
      "以下是中国关于临床医学考试的单项选择题，请选出其中的正确答案。",
      "The following are multiple choice questions (with answers) about  anatomy.",
      "以下是关于解剖学的单项选择题，请直接给出正确答案的选项。",
      "以下是关于中医中药的单项选择题，请直接给出正确答案的选项。",
    ]);
    const grade = await gradeLetters(tasks[1]!.samples[0]!, [0, 0, 1, 0]);
    expect(grade).toEqual({ answer: "C", gold: "C", score: 1 });
  });

  it("are read alone where one is asked for, and missed where it is not there", async () => {
    const tasks = await load({ tasks: ["cmmlu-anatomy"] });
    expect(tasks.map(({ name }) => name)).toEqual(["cmmlu-anatomy"]);
    await expect(load({ tasks: ["anatomy"] })).rejects.toThrow("tasks: expected some of");
    await expect(load({ tasks: ["mmlu-nutrition"] })).rejects.toThrow(
      /nutrition_(dev|test)\.csv: expected a file/,
    );
  });

  it("are 17, with a file of questions and one of examples each", () => {
    expect(medical.files).toHaveLength(2 * 17);
    expect(medical.files.map(({ path }) => path)).toContain("../cmmlu/test/virology.csv");
    expect(medical.files.every(({ isOptional }) => isOptional !== true)).toBe(true);
  });
});
