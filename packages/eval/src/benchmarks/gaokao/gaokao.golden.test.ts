import { describeShared } from "@baichuan2/tooling/golden";
import { expect, it } from "vitest";
import { goldenCases, sharedRows } from "../../__fixtures__/golden.ts";
import { extractAnswers, type QuestionType } from "./extract-answers.ts";
import { gaokao } from "./gaokao.ts";

interface OutputCase {
  readonly id: string;
  readonly question_type: QuestionType;
  readonly answer_length: number;
  readonly model_output: string;
  readonly expected_extracted: string[];
}

describeShared("GAOKAO-Bench's own code", "eval-golden/gaokao_extract.json", () => {
  it.each(goldenCases<OutputCase>("gaokao_extract"))("$id: $question_type", (golden) => {
    const { question_type: type, model_output: output, answer_length: count } = golden;
    expect(extractAnswers(type, output, count)).toEqual(golden.expected_extracted);
  });
});

describeShared("GAOKAO-Bench's rows", "eval/gaokao", () => {
  const directory = sharedRows("gaokao");

  it("leave those with one letter for the README's recipe", async () => {
    const tasks = await gaokao.load({ directory, recipe: "readme" });
    expect(tasks.map(({ name, samples }) => [name, samples.length])).toEqual([
      ["2010-2022_Math_I_MCQs", 214 - 5],
      ["2010-2022_Biology_MCQs", 150 - 5],
      ["2010-2022_Political_Science_MCQs", 320 - 5],
      ["2010-2013_English_MCQs", 105 - 5],
      ["2010-2022_Chinese_Lang_and_Usage_MCQs", 44 - 5],
    ]);
  });

  it("are all asked by the original", async () => {
    const tasks = await gaokao.load({ directory, recipe: "official" });
    expect(tasks.map(({ samples }) => samples.length)).toEqual([214, 150, 320, 105, 56, 34]);
  });
});
