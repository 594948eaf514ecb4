import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel, type Model } from "@baichuan2/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Draws } from "./recipe/draws.ts";
import { earlierTurns, measure, share } from "./recipe/measure.ts";
import type { Question } from "./recipe/question.ts";
import { writeQuantizedForms } from "./recipe/quantized-forms.ts";
import { readQuestions } from "./recipe/read-data.ts";

/** Questions of the fixed sample; `evaluate.ts` asks all of them. */
const SAMPLE = 60;

/** Share of exact answers that each model must reach; the README has what it reaches. */
const LEAST = { seen: 0.9, unseen: 0.6 };

const questions = await readQuestions();
const draws = new Draws(1, 3);
// Half of them written, half generated: in a plain sample most would be arithmetic.
const sample = [true, false].flatMap((isWritten) => {
  const half = questions.filter(({ category }) => (category === "written") === isWritten);
  return draws.shuffled(half).slice(0, SAMPLE / 2);
});
const one = (wording: "seen" | "unseen") =>
  sample.map((question: Question) => draws.pick(question[wording]));
const asked = { seen: one("seen"), unseen: one("unseen") };

const here = fileURLToPath(new URL(".", import.meta.url));
let quantized = "";
beforeAll(async () => {
  quantized = await mkdtemp(join(tmpdir(), "tiny-chat-"));
  await writeQuantizedForms(quantized);
}, 60_000);
afterAll(() => rm(quantized, { recursive: true }));

describe.each([
  ["model", () => here],
  ["model-4bits", () => quantized],
  ["model-int8", () => quantized],
  ["model-alibi", () => here],
])("%s", (name, parent) => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(join(parent(), name));
  }, 60_000);
  afterAll(() => model[Symbol.asyncDispose]());

  it.each(["seen", "unseen"] as const)("answers paraphrases that are %s", async (wording) => {
    const score = await measure(model, asked[wording]);
    expect(share(score), JSON.stringify(score.wrong)).toBeGreaterThanOrEqual(LEAST[wording]);
  });

  it("answers in the third turn of a conversation, too", async () => {
    const half = asked.seen.filter((_, index) => index % 2 === 0);
    const score = await measure(model, half, () => earlierTurns(questions, draws));
    expect(share(score), JSON.stringify(score.wrong)).toBeGreaterThanOrEqual(LEAST.seen);
  });
});
