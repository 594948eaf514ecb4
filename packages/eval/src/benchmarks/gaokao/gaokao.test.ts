import { describe, expect, it } from "vitest";
import { promptOf, requestOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters, gradeText } from "../../__fixtures__/grade-sample.ts";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions } from "../../benchmark.ts";
import { extractAnswers, partOfPoints, QUESTION_TYPES } from "./extract-answers.ts";
import { gaokao } from "./gaokao.ts";

const HISTORY = "2010-2022_History_MCQs";
const PHYSICS = "2010-2022_Physics_MCQs";
const GEOGRAPHY = "2010-2022_Geography_MCQs";

const load = (options: Partial<LoadOptions>) =>
  gaokao.load({ directory: madeUpRows("gaokao"), recipe: "readme", ...options });

describe("Gaokao, as the README has it", () => {
  it("asks rows of one letter, with five others for examples", async () => {
    const tasks = await load({});
    expect(tasks.map(({ name, samples }) => [name, samples.map(({ id }) => id)])).toEqual([
      // 8 rows: 1, 5, 3, 6 and 4 are drawn
      [HISTORY, [`${HISTORY}/test/0`, `${HISTORY}/test/2`, `${HISTORY}/test/7`]],
      // 9 rows, 7 of one letter: 0, 4, 3, 5 and 1 of those are drawn, which leaves rows 3 and 8
      [PHYSICS, [`${PHYSICS}/test/3`, `${PHYSICS}/test/8`]],
    ]);
    expect(tasks[1]?.notes).toEqual([
      "2 rows with several letters are left out",
      "5 of 7 rows, drawn with seed 1234, are kept for examples",
    ]);
  });

  it("keeps options in the question and asks for the letter behind it", async () => {
    const [history] = await load({ shots: 1 });
    const [sample] = history?.samples ?? [];
    expect(promptOf(sample)).toBe(
      "以下是中国关于高考历史考试的单项选择题，请选出其中的正确答案。\n" +
        "\n2．（ 4分）青石镇最早出产（　　）\nA．纸张\nB．瓷器\nC．铁器\nD．茶叶\n答案：D" +
        "\n1．（ 4分）红河堡建于哪一年（　　）\nA．三一〇年\nB．三二〇年\nC．三三〇年\nD．三四〇年\n答案：",
    );
    expect(await gradeLetters(sample, [0, 3, 1, 2])).toMatchObject({ answer: "B", score: 1 });
  });

  it("has no task whose rows have several questions", async () => {
    await expect(load({ tasks: [GEOGRAPHY] })).rejects.toThrow(`got ${GEOGRAPHY}`);
  });
});

describe("Gaokao, as GAOKAO-Bench has it", () => {
  it("asks all rows with the prompt of their file", async () => {
    const tasks = await load({ recipe: "official" });
    expect(tasks.map(({ samples }) => samples.length)).toEqual([8, 9, 2, 1]);
    expect(requestOf(tasks[0]?.samples[1])).toEqual({
      kind: "generate",
      prompt:
        "请回答一道虚构的历史题，把字母写在【答案】和<eoa>之间。\n题目如下：" +
        "2．（ 4分）青石镇最早出产（　　）\nA．纸张\nB．瓷器\nC．铁器\nD．茶叶\n",
      maxNewTokens: 1024,
      stop: [],
    });
  });

  it("weighs rows by their points", async () => {
    const [history, physics, geography, cloze] = await load({ recipe: "official" });
    expect(await gradeText(history?.samples[0], "A 不对，【答案】B <eoa>")).toEqual({
      answer: "B",
      gold: "B",
      score: 1,
      weight: 4,
    });
    // AC is right: A alone earns 3 of 6 points
    expect(await gradeText(physics?.samples[2], "【解析】略【答案】A")).toMatchObject({
      score: 0.5,
      weight: 6,
    });
    // A, C, C are right: two of three questions of 4 points
    expect(await gradeText(geography?.samples[1], "【答案】A 【答案】：C 【答案】D")).toMatchObject(
      {
        answer: "A C D",
        score: expect.closeTo(2 / 3, 12),
        weight: 12,
      },
    );
    expect(await gradeText(cloze?.samples[0], "D B C G A")).toMatchObject({ score: 1, weight: 10 });
    expect(await gradeText(history?.samples[0], "不知道")).toMatchObject({
      answer: null,
      score: 0,
    });
  });

  it("has no examples", async () => {
    await expect(load({ recipe: "official", shots: 2 })).rejects.toThrow(
      "expected 2 examples, got 0",
    );
  });
});

describe("answers and points", () => {
  it("overlooks a mark at the very start, and takes the last ten characters then", () => {
    expect(extractAnswers("multi_choice", "【答案】A 因为其他选项都不对所以只能这样选", 1)).toEqual(
      [],
    );
    expect(
      extractAnswers("multi_choice", "好【答案】A 因为其他选项都不对所以只能这样选", 1),
    ).toEqual(["A"]);
    expect(extractAnswers("multi_choice", "ABCD𝑎𝑏𝑐𝑑𝑒𝑓𝑔A", 1)).toEqual(["CDA"]);
  });

  it("takes the first capitals where marks are not as many as questions", () => {
    expect(extractAnswers("multi_question_choice", "CO2 【答案】A", 2)).toEqual(["C", "O"]);
  });

  it("gives nothing for a wrong number of answers, and half for a part without a wrong letter", () => {
    expect(partOfPoints("multi_question_choice", ["A"], ["A", "B"])).toBe(0);
    expect(partOfPoints("multi_choice", ["BD"], ["BCD"])).toBe(0.5);
    expect(partOfPoints("multi_choice", ["AD"], ["BCD"])).toBe(0);
    expect(partOfPoints("single_choice", ["B"], ["BC"])).toBe(0);
  });

  const pieces = ["【答案】", "【答案】 ", " ", ":", "A", "【", "【答案】：：\u3000"];
  const hostile = QUESTION_TYPES.flatMap((type) => pieces.map((piece) => ({ type, piece })));

  it.each(hostile)(
    "reads a megabyte of $piece as $type",
    { timeout: HOSTILE_MS },
    ({ type, piece }) => {
      expect(extractAnswers(type, megabyteOf(piece), 3).length).toBeLessThanOrEqual(5);
      expect(extractAnswers(type, `【答案】${megabyteOf(piece)}`, 3).length).toBeLessThanOrEqual(5);
    },
  );
});
