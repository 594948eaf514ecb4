import { describe, expect, it } from "vitest";
import { requestOf } from "../__fixtures__/ask-sample.ts";
import { gradeLetters, gradeText } from "../__fixtures__/grade-sample.ts";
import { examPrompt, examSamples, type Exam } from "./exam.ts";
import { joinPieces } from "./prompt-pieces.ts";

const zh: Exam = { language: "zh", subject: "高考历史", letters: "ABCD" };
const one = { question: "几？", options: ["一", "二", "None", '"四"'], answer: "B" };
const two = { question: "多少？\n甲", options: ["五", "六", "七", "八"], answer: "D" };

describe("an exam", () => {
  it("has the prompt of Baichuan's script for C-Eval", () => {
    expect(joinPieces(examPrompt(zh, [one], two))).toBe(
      "以下是中国关于高考历史考试的单项选择题，请选出其中的正确答案。\n" +
        '\n几？\nA. 一\nB. 二\nC. None\nD. "四"\n答案：B' +
        "\n多少？\n甲\nA. 五\nB. 六\nC. 七\nD. 八\n答案：",
    );
  });

  it("has the words of its script for MMLU in English", () => {
    const exam: Exam = { language: "en", subject: "medicine", letters: "ABCD" };
    const prompt = joinPieces(examPrompt(exam, [{ ...one, options: [] }], two));
    expect(prompt).toBe(
      "The following are multiple choice questions (with answers) about medicine.\n" +
        "\n几？\nAnswer: B\n多少？\n甲\nA. 五\nB. 六\nC. 七\nD. 八\nAnswer:",
    );
  });

  const rows = {
    shots: [{ row: 0, question: one }],
    asked: [{ row: 3, question: two }],
    path: "x/test",
  };

  it("compares bare letters unless told otherwise, and takes the first of equals", async () => {
    const [sample] = examSamples(zh, rows, {});
    expect(sample?.id).toBe("x/test/3");
    expect(requestOf(sample)).toMatchObject({ kind: "letters", ids: "bare" });
    expect(await gradeLetters(sample, [1, 1, 0, 1])).toEqual({ answer: "A", gold: "D", score: 0 });
    expect(await gradeLetters(sample, [0, 1, 0, 2])).toMatchObject({ answer: "D", score: 1 });
    expect(requestOf(examSamples(zh, rows, { letters: "spaced" })[0])).toMatchObject({
      ids: "spaced",
    });
  });

  it("reads the letter of a generated answer", async () => {
    const [sample] = examSamples(zh, rows, { answers: "generate" });
    expect(requestOf(sample)).toMatchObject({ kind: "generate" });
    expect(await gradeText(sample, "选择 D。")).toMatchObject({ answer: "D", score: 1 });
    expect(await gradeText(sample, "不知道")).toEqual({ answer: null, gold: "D", score: 0 });
  });

  it("drops examples that are too long", () => {
    const long = { ...one, question: "长".repeat(5000) };
    const asked = examSamples(zh, { ...rows, shots: [{ row: 0, question: long }] }, {});
    expect(requestOf(asked[0])).toMatchObject({ prompt: expect.not.stringContaining("长") });
  });
});
