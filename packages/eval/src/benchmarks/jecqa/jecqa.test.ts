import { describeShared } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { sharedRows } from "../../__fixtures__/golden.ts";
import { promptOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import { jecqa } from "./jecqa.ts";
import { loadJecqa } from "./load-jecqa.ts";

describe("JEC-QA", () => {
  const directory = madeUpRows("jecqa");

  it("asks rows with one answer, and says which are left out", async () => {
    const tasks = await jecqa.load({ directory, recipe: "readme" });
    expect(tasks.map(({ name, samples }) => [name, samples.map(({ id }) => id)])).toEqual([
      // Rows 3 and 7 are left out; 0, 4, 3, 5 and 1 of the other seven are drawn
      ["knowledge", ["knowledge/train/2", "knowledge/train/8"]],
      [
        "case-analysis",
        ["case-analysis/train/0", "case-analysis/train/2", "case-analysis/train/7"],
      ],
    ]);
    expect(tasks[0]?.notes).toEqual([
      "1 rows with several answers and 1 without any are left out",
      "5 of 7 rows, drawn with seed 1234, are kept for examples",
    ]);
  });

  it("has a prompt like C-Eval's", async () => {
    const [knowledge] = await jecqa.load({ directory, recipe: "readme", shots: 1 });
    expect(promptOf(knowledge?.samples[0])).toBe(
      "以下是中国关于国家司法考试的单项选择题，请选出其中的正确答案。\n" +
        "\n村民甲借给乙一头牛\nA. 借用\nB. 租赁\nC. 买卖\nD. 赠与\n答案：A" +
        "\n丁在集市上出售“古镜”\nA. 有效\nB. 无效\nC. 可撤销\nD. None\n答案：",
    );
    const grade = await gradeLetters(knowledge?.samples[0], [0, 0, 9, 0]);
    expect(grade).toEqual({ answer: "C", gold: "C", score: 1 });
  });

  it("reads one file alone if asked to", async () => {
    const tasks = await jecqa.load({ directory, recipe: "readme", tasks: ["case-analysis"] });
    expect(tasks.map(({ name }) => name)).toEqual(["case-analysis"]);
  });
});

describeShared("JEC-QA's rows", "eval/jecqa", () => {
  it("have 439 with one answer and one without, of 900", async () => {
    const { rows, several, none } = await loadJecqa(`${sharedRows("jecqa")}/0_train.json`);
    expect({ one: rows.length, several, none }).toEqual({ one: 439, several: 460, none: 1 });
  });

  it("have no answers in the test files", async () => {
    await expect(loadJecqa(`${sharedRows("jecqa")}/0_test.json`)).rejects.toThrow(
      "0_test.json, row 1: expected a row of this benchmark",
    );
  });
});
