import { describe, expect, it } from "vitest";
import { conversations } from "./conversations.ts";
import { plainText } from "./question.ts";
import { readQuestions } from "./read-data.ts";
import { SEED } from "./training.ts";

const questions = await readQuestions();

describe("the questions", () => {
  it("have many paraphrases each, seen and held out", () => {
    const written = questions.filter(({ category }) => category === "written");
    expect(written.length).toBeGreaterThanOrEqual(150);
    for (const { seen, unseen } of written) {
      expect(seen.length, seen[0]?.question).toBeGreaterThanOrEqual(8);
      expect(unseen.length, seen[0]?.question).toBeGreaterThanOrEqual(3);
    }
  });

  it("have one answer to each wording", () => {
    const answers = new Map<string, string>();
    for (const { question, answer } of questions.flatMap(({ seen, unseen }) => [
      ...seen,
      ...unseen,
    ])) {
      expect(answers.get(question) ?? answer, question).toBe(answer);
      answers.set(question, answer);
    }
  });

  it("are right in arithmetic", () => {
    const answers = questions
      .filter(({ category }) => category === "arithmetic")
      .map(({ seen }) => /^(\d+)([-+×])(\d+)=(\d+)$/.exec(seen[0]?.answer ?? ""));
    for (const [text, a, sign, b, c] of answers.map((match) => match ?? [])) {
      const [left, right] = [Number(a), Number(b)];
      const expected = sign === "+" ? left + right : sign === "-" ? left - right : left * right;
      expect(Number(c), text).toBe(expected);
    }
  });
});

describe("the training data", () => {
  const rows = conversations(questions, { count: 20_000, seed: SEED });
  const asked = rows.flatMap((row) =>
    row.conversations.filter(({ from }) => from === "human").map(({ value }) => value),
  );

  it("have no held-out paraphrase, whatever its case and punctuation", () => {
    const texts = new Set(asked.map(plainText));
    const seen = new Set(questions.flatMap((one) => one.seen.map((e) => plainText(e.question))));
    const heldOut = questions.flatMap(({ unseen }) => unseen.map(({ question }) => question));
    expect(heldOut.filter((text) => texts.has(plainText(text)))).toEqual([]);
    expect(heldOut.filter((text) => seen.has(plainText(text)))).toEqual([]);
  });

  it("have every answer", () => {
    const given = new Set(rows.flatMap((row) => row.conversations.map(({ value }) => value)));
    const answers = questions.flatMap(({ seen }) => seen.map(({ answer }) => answer));
    expect(answers.filter((answer) => !given.has(answer))).toEqual([]);
  });

  it("are the same for the same seed", () => {
    const few = { count: 50, seed: SEED };
    expect(conversations(questions, few)).toEqual(rows.slice(0, 50));
    expect(conversations(questions, { ...few, seed: 1 })).not.toEqual(rows.slice(0, 50));
  });
});
