import { describeShared } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { sharedRows } from "../../__fixtures__/golden.ts";
import { promptOf, requestOf } from "../../__fixtures__/ask-sample.ts";
import { gradeLetters } from "../../__fixtures__/grade-sample.ts";
import { madeUpRows } from "../../__fixtures__/made-up-rows.ts";
import { medmcqa } from "./medmcqa.ts";

const directory = madeUpRows("medmcqa");

describe("MedMCQA, as the README has it", () => {
  it("asks questions with one answer, and has such for examples", async () => {
    const [task] = await medmcqa.load({ directory, recipe: "readme", shots: 2 });
    expect(task?.samples.map(({ id }) => id)).toEqual(
      [0, 1, 3, 4, 6, 7].map((row) => `medmcqa/dev/${row}`),
    );
    expect(promptOf(task?.samples[2])).toBe(
      "The following are multiple choice questions (with answers) about medicine.\n" +
        "\nMade-up nerve no. 1 ends in the:\nA. Hand\nB. Foot\nC. Nose\nD. Ear\nAnswer: D" +
        "\nMade-up nerve no. 3 ends in the:\nA. Hand\nB. Foot\nC. Nose\nD. Ear\nAnswer: B" +
        '\nMade-up bone no. 4 is called the "sail" bone because of its:\nA. Colour\nB. Größe\nC. Shape\nD. None\nAnswer:',
    );
    // cop is 4, counted from 1
    const grade = await gradeLetters(task?.samples[2], [0, 0, 0, 1]);
    expect(grade).toEqual({ answer: "D", gold: "D", score: 1 });
  });
});

describe("MedMCQA, as lm-evaluation-harness has it", () => {
  it("asks all questions, without examples unless some are asked for", async () => {
    const [task] = await medmcqa.load({ directory, recipe: "lm-eval" });
    expect(task?.samples).toHaveLength(8);
    expect(requestOf(task?.samples[2])).toEqual({
      kind: "logLikelihood",
      prompt:
        'Question: Made-up bone no. 3 is called the "leaf" bone because of its:\nChoices:\nA. Colour\nB. Größe\nC. Shape\nD. None\nAnswer:',
      continuations: [" A", " B", " C", " D"],
    });
    const [withShots] = await medmcqa.load({ directory, recipe: "lm-eval", shots: 2 });
    expect(promptOf(withShots?.samples[0])).toContain(
      "no. 2 ends in the:\nChoices:\nA. Hand\nB. Foot\nC. Nose\nD. Ear\nAnswer: C\n\nQuestion: Made-up bone no. 1",
    );
  });
});

describeShared("MedMCQA's rows", "eval/medmcqa", () => {
  const real = { directory: sharedRows("medmcqa"), recipe: "readme" } as const;

  it("need train.json for examples, or some of their own", async () => {
    await expect(medmcqa.load(real)).rejects.toThrow(
      "train.json: expected a file with examples, got nothing (`--held-out-shots` takes them from the rows that are asked)",
    );
    const [task] = await medmcqa.load({ ...real, heldOutShots: true });
    expect(task?.samples).toHaveLength(800 - 5);
    expect(task?.notes).toEqual(["5 of 800 rows, drawn with seed 1234, are kept for examples"]);
  });
});
