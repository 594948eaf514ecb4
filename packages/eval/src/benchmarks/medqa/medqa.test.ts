import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeShared } from "@baichuan2/tooling/golden";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sharedRows } from "../../__fixtures__/golden.ts";
import { promptOf, requestOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import { medqaMcmle, medqaUsmle } from "./medqa.ts";

describe("MedQA", () => {
  const directory = madeUpRows("medqa");

  it("asks the test file with the first of dev for examples", async () => {
    const [task] = await medqaUsmle.load({ directory, recipe: "readme", shots: 1 });
    expect(task?.samples.map(({ id }) => id)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((row) => `usmle/test/${row}`),
    );
    expect(promptOf(task?.samples[1])).toBe(
      "The following are multiple choice questions (with answers) about the United States Medical Licensing Examination.\n" +
        '\nA made-up sailor of 20 years feels sleepy.\nShe says "it is the sleepy fever". What helps?\nA. Rest\nB. Tea\nC. Salve\nD. Walks\nE. None\nAnswer: B' +
        '\nA made-up patient of 21 years feels itchy.\nShe says "it is the itchy fever". What helps?\nA. Rest\nB. Tea\nC. Salve\nD. Walks\nE. None\nAnswer:',
    );
  });

  it("has five letters", async () => {
    const [task] = await medqaMcmle.load({ directory, recipe: "readme" });
    const sample = task?.samples[4];
    expect(requestOf(sample)).toMatchObject({ letters: ["A", "B", "C", "D", "E"], ids: "bare" });
    expect(promptOf(sample)).toMatch(
      /^以下是中国关于医师资格考试的单项选择题，请选出其中的正确答案。\n\n虚构船员，头部/,
    );
    const grade = await gradeLetters(sample, [0, 1, 2, 3, 4]);
    expect(grade).toEqual({ answer: "E", gold: "E", score: 1 });
  });

  it("takes examples from nowhere else than dev or train, unless told to", async () => {
    const options = { directory, recipe: "readme", split: "dev" } as const;
    await expect(medqaUsmle.load(options)).rejects.toThrow(
      "train.jsonl: expected a file with examples, got nothing",
    );
    const [task] = await medqaUsmle.load({ ...options, heldOutShots: true });
    expect(task?.samples).toHaveLength(1);
    expect(task?.notes).toEqual(["5 of 6 rows, drawn with seed 1234, are kept for examples"]);
  });

  it("refuses more examples than dev has", async () => {
    const options = { directory, recipe: "readme", shots: 9 } as const;
    await expect(medqaUsmle.load(options)).rejects.toThrow("expected 9 examples, got 6");
  });
});

describe("MedQA's files", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "medqa-"));
    await mkdir(join(directory, "questions/US/4_options"), { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true }));

  const put = (path: string, row: object) =>
    writeFile(join(directory, "questions/US", path), JSON.stringify(row));
  const four = {
    question: "?",
    options: { A: "1", B: "2", C: "3", D: "4" },
    answer: "2",
    answer_idx: "B",
  };

  it("are refused where there is only the variant with four options", async () => {
    await put("4_options/phrases_no_exclude_test.jsonl", four);
    await expect(medqaUsmle.load({ directory, recipe: "readme" })).rejects.toThrow(
      /test\.jsonl: expected the questions with five options, got those with four alone, .*phrases_no_exclude_test\.jsonl/,
    );
  });

  it("are refused where rows have four options", async () => {
    await put("test.jsonl", four);
    await expect(medqaUsmle.load({ directory, recipe: "readme" })).rejects.toThrow(
      "test.jsonl, row 1: expected the options A to E, got ABCD (the variant with four options is another benchmark)",
    );
  });

  it("are refused where the answer is not the option of its letter", async () => {
    await put("test.jsonl", { ...four, options: { ...four.options, E: "5" }, answer: "3" });
    await expect(medqaUsmle.load({ directory, recipe: "readme" })).rejects.toThrow(
      "row 1: expected the text of option B for an answer, got 3",
    );
  });
});

describeShared("MedQA's rows", "eval/medqa", () => {
  it.each([
    [medqaUsmle, 400],
    [medqaMcmle, 900],
  ])("are all asked", async (benchmark, rows) => {
    const [task] = await benchmark.load({ directory: sharedRows("medqa"), recipe: "readme" });
    expect(task?.samples).toHaveLength(rows);
  });
});
