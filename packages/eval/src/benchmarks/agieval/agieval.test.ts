import { describe, expect, it } from "vitest";
import { promptOf, requestOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters, gradeText } from "../../__fixtures__/grade-sample.ts";
import { HOSTILE_MS, megabyteOf } from "../../__fixtures__/hostile.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import type { LoadOptions, Task } from "../../benchmark.ts";
import { agieval } from "./agieval.ts";
import { fewShotPrompt } from "./agieval-prompt.ts";
import { isRight, readAnswer, type AgievalSetting } from "./extract-answer.ts";
import { AGIEVAL_TASKS, type AgievalTask } from "./tasks.ts";

async function load(options: Partial<LoadOptions>): Promise<(name: string) => Task> {
  const directory = madeUpRows("agieval");
  const tasks = await agieval.load({ directory, recipe: "readme", ...options });
  return (name) => tasks.find((task) => task.name === name) as Task;
}

describe("AGIEval, as the README has it", () => {
  it("asks the tasks of four options, without rows that have not one answer", async () => {
    const tasks = await agieval.load({ directory: madeUpRows("agieval"), recipe: "readme" });
    expect(tasks.map(({ name, samples }) => [name, samples.length])).toEqual([
      ["gaokao-history", 8 - 5],
      ["jec-qa-kd", 9 - 2 - 5],
      ["sat-math", 7 - 5],
    ]);
    expect(tasks.map(({ groups }) => groups)).toEqual([["chinese"], ["chinese"], ["english"]]);
    expect(tasks[1]?.notes?.[0]).toBe("2 rows with several or no answers are left out");
  });

  it("writes options in lines of their own", async () => {
    const { samples } = (await load({ shots: 1 }))("sat-math");
    // 7 rows: 0, 4, 3, 5 and 1 are drawn
    expect(samples.map(({ id }) => id)).toEqual(["sat-math/test/2", "sat-math/test/6"]);
    expect(promptOf(samples[0])).toBe(
      "The following are multiple choice questions (with answers) about SAT mathematics.\n" +
        "\nWhat is $1+2$?\nA. 3\nB. 4\nC. 5\nD. 6\nAnswer: A" +
        "\nWhich is prime?\nA. 4\nB. 6\nC. 7\nD. 9\nAnswer:",
    );
    expect(await gradeLetters(samples[0], [0, 0, 1, 0])).toMatchObject({ answer: "C", score: 1 });
  });
});

describe("AGIEval, as its own code has it", () => {
  it("asks all tasks with the examples of its table", async () => {
    const of = await load({ recipe: "official" });
    expect(requestOf(of("gaokao-history").samples[0])).toEqual({
      kind: "generate",
      prompt:
        "以下是考试中各个问题的答案。\n" +
        "问题 1.    虚构的“一年”有几天（　　）\n从以下选项中选择:    (A)三百 (B)三百五十 (C)四百 (D)五百\n答案是 C\n\n" +
        "问题 2.    虚构的“一月”有几天（　　）\n从以下选项中选择:    (A)十 (B)二十 (C)三十 (D)四十\n答案是 D\n\n" +
        "问题 3.    三泉书院的创办者曾任（　　）\n\n从以下选项中选择:    (A)县令 (B)刺史 (C)学正 (D)参军\n",
      maxNewTokens: 2000,
      stop: ["\n\n"],
    });
    expect(promptOf(of("lsat-ar").samples[5])).toBe(
      "Here are the answers for the problems in the exam.\n" +
        'Problem 1.   Bob\'s place is "first". Who stands first?\nChoose from the following options:    (A)Ann (B)Bob (C)Cy (D)Dee (E)Ed\nThe answer is therefore B\n\n' +
        "Problem 2.   Five people stand in a line. Who stands at place 6?\nChoose from the following options:    (A)Ann (B)Bob (C)Cy (D)Dee (E)None\n",
    );
  });

  it("writes several letters as Python does, and explanations where they are asked for", async () => {
    const of = await load({ recipe: "official", prompt: "few-shot-CoT" });
    expect(promptOf(of("jec-qa-kd").samples[0])).toContain(
      "(A)梨 (B)石 (C)桃 (D)铁\n问题 1的解析:   梨和桃是果实。\n答案是 ['A', 'C']\n\n问题 2.",
    );
    expect(promptOf(of("gaokao-history").samples[0])).toContain(
      "解析:   历书说四百天。\n所以选 C。\n答案是 C\n\n",
    );
  });

  it("asks without examples for no shots", async () => {
    const of = await load({ recipe: "official", shots: 0 });
    expect(requestOf(of("gaokao-mathcloze").samples[0])).toMatchObject({
      prompt: "问题：$1+1=(\\quad)$\n答案：",
      stop: [],
    });
    expect(promptOf(of("lsat-ar").samples[0])).toBe(
      "Five people stand in a line.Q: Who stands at place 1? Answer Choices: (A)Ann (B)Bob (C)Cy (D)Dee (E)None\n" +
        "A: Among A through E, the answer is",
    );
  });

  it("scores letters, lists of letters and results", async () => {
    const of = await load({ recipe: "official", shots: 1 });
    const history = of("gaokao-history").samples[0];
    expect(await gradeText(history, "答案是 C")).toEqual({ answer: "C", gold: "C", score: 1 });
    const law = of("jec-qa-kd").samples;
    expect(await gradeText(law[3], "答案是 CA")).toEqual({ answer: "C A", gold: "A C", score: 1 });
    // Row 7 has no answer: nothing is right
    expect(await gradeText(law[7], "不知道")).toEqual({ answer: null, gold: "", score: 0 });
    const cloze = of("gaokao-mathcloze").samples[1];
    expect(await gradeText(cloze, "答案是 $\\frac12$")).toMatchObject({ score: 1 });
  });

  it("says how many examples there are, and which prompts", async () => {
    await expect(load({ recipe: "official", shots: 2 })).rejects.toThrow(
      /few_shot_prompts\.csv: expected 2 examples for (gaokao-mathcloze|jec-qa-kd|lsat-ar), got 1 \(ask for 0 to 1 shots\)/,
    );
    await expect(load({ recipe: "official", prompt: "zero-shot-CoT" })).rejects.toThrow(
      "expected one of few-shot, few-shot-CoT, got zero-shot-CoT",
    );
  });

  it("asks without examples where there is no room for one", () => {
    const row = { passage: "", question: "Q", options: ["(A)1", "(B)2"], label: "A" };
    const limits = { maxTokens: 60, countTokens: (text: string) => text.length };
    expect(fewShotPrompt(AGIEVAL_TASKS["sat-math"]!, row, ["x".repeat(99)], limits)).toBe(
      "Here are the answers for the problems in the exam.\n" +
        "Problem 1.    Q\nChoose from the following options:    (A)1 (B)2\n",
    );
  });
});

describe("answers that are read from an output", () => {
  const task = (name: string): AgievalTask => AGIEVAL_TASKS[name]!;

  it("takes a number only where no letter or digit follows", () => {
    expect(readAnswer(task("math"), "zero-shot", "12.34a")).toBe("12");
    expect(readAnswer(task("math"), "zero-shot", "共30个")).toBeNull();
    expect(readAnswer(task("math"), "zero-shot", "共٣٤ 。")).toBe("٣٤");
    expect(readAnswer(task("math"), "zero-shot", "x = 1, y = 2.")).toBe("2");
  });

  it("takes the box with all its braces, and nothing for one that does not close", () => {
    const read = (text: string) => readAnswer(task("math"), "zero-shot", text);
    expect(read("\\boxed{1} or \\boxed{x=\\frac{1}{2}} $3$")).toBe("\\frac{1}{2}");
    expect(read("\\boxed{\\frac{1}{2} $3$")).toBeNull();
    expect(read("\\boxed 5 {}")).toBeNull();
  });

  it("looks for the letter of an explained answer in the last line alone, else in the whole", () => {
    const read = (text: string) => readAnswer(task("sat-math"), "few-shot-CoT", text);
    expect(read("The answer is B\nThe answer is C\n\n")).toBe("C");
    expect(read("It is E.\nThe answer is unclear")).toBe("E");
  });

  it("compares letters of a list in any order, and calls nothing equal to none", () => {
    expect(isRight(task("jec-qa-kd"), ["C", "A", "C"], ["A", "C"])).toBe(true);
    expect(isRight(task("gaokao-physics"), ["C"], "C")).toBe(true);
    expect(isRight(task("jec-qa-kd"), [], [])).toBe(false);
  });

  const pieces = ["answer is ", "答案是", "(", "(A)", "$", "$ ", "\\boxed{", "1", "1.", "=", "\n"];
  const settings: AgievalSetting[] = ["zero-shot", "few-shot", "few-shot-CoT"];
  const hostile = ["math", "sat-math", "gaokao-history", "jec-qa-kd"].flatMap((name) =>
    settings.flatMap((setting) => pieces.map((piece) => ({ name, setting, piece }))),
  );

  it.each(hostile)(
    "reads a megabyte of $piece, $name, $setting",
    { timeout: HOSTILE_MS },
    ({ name, setting, piece }) => {
      const output = `${megabyteOf(piece)}x`;
      expect(isRight(task(name), readAnswer(task(name), setting, output), "Z")).toBe(false);
    },
  );
});
