import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadModel } from "../load-model.ts";
import type { Model } from "../model.ts";
import { TokenIdError } from "../network/token-id-error.ts";
import { PromptError } from "../prompt.ts";
import { logSumExp } from "../quality/log-sum-exp.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

let model: Model;
beforeAll(async () => {
  model = await loadModel(tinyChat);
});
afterAll(() => model.dispose());

/** Longer than a chunk of a prefill. */
const longText = Array.from({ length: 300 }, (_, t) => 4 + ((t * 37) % 500));

/** The same from the logits of the whole text. */
async function expectedLogprobs(tokenIds: readonly number[], from: number): Promise<number[]> {
  const { data, shape } = await model.logits(tokenIds);
  return tokenIds.slice(from).map((tokenId, i) => {
    const row = data.subarray((from + i - 1) * shape[1], (from + i) * shape[1]);
    return (row[tokenId] ?? NaN) - logSumExp(row);
  });
}

it.each([1, 2, 290])(
  "a continuation after %i of 300 tokens scores what the logits of the text say",
  async (from) => {
    const prompt = { tokenIds: longText.slice(0, from) };
    const { logprobs, logLikelihood } = await model.score(prompt, {
      tokenIds: longText.slice(from),
    });
    const expected = await expectedLogprobs(longText, from);
    expect(logprobs).toHaveLength(expected.length);
    for (const [i, logprob] of logprobs.entries())
      expect(logprob).toBeCloseTo(expected[i] ?? NaN, 4);
    expect(logLikelihood).toBeCloseTo(
      expected.reduce((a, b) => a + b),
      2,
    );
  },
);

it("what greedy generation gives is greedy, and anything else is not", async () => {
  const prompt = { text: "Hello" };
  const { tokenIds } = await model.generate(prompt, {
    doSample: false,
    repetitionPenalty: 1,
    maxNewTokens: 5,
    ignoreEos: true,
  });
  expect((await model.score(prompt, { tokenIds })).isGreedy).toBe(true);
  const other = tokenIds.with(2, ((tokenIds[2] ?? 0) + 1) % 500);
  expect((await model.score(prompt, { tokenIds: other })).isGreedy).toBe(false);
});

it("texts are encoded together", async () => {
  const { tokenIds } = await model.score({ text: "Hello" }, { text: " world" });
  const whole = model.promptIds({ text: "Hello world" });
  expect(tokenIds).toEqual(whole.slice(model.promptIds({ text: "Hello" }).length));
});

it("perplexity is that of the logits, and a stride gives each token more context", async () => {
  const expected = await expectedLogprobs(longText, 1);
  const mean = expected.reduce((a, b) => a + b) / expected.length;
  const whole = await model.perplexity({ tokenIds: longText }, { window: 512 });
  expect(whole).toMatchObject({ tokens: 299 });
  expect(whole.perplexity / Math.exp(-mean)).toBeCloseTo(1, 4);
  expect((await model.perplexity({ tokenIds: longText }, { window: 100 })).tokens).toBe(297);
  const strided = await model.perplexity({ tokenIds: longText }, { window: 100, stride: 50 });
  expect(strided.tokens).toBe(299);
  expect(strided.perplexity).toBeGreaterThan(1);
});

it("what cannot be scored is refused, and the next call works", async () => {
  const one = { tokenIds: [5] };
  await expect(model.score(one, { tokenIds: [] })).rejects.toThrow(PromptError);
  await expect(model.score({ tokenIds: [] }, one)).rejects.toThrow(PromptError);
  await expect(model.score(one, { text: "a" })).rejects.toThrow("a mixture");
  await expect(model.score(one, { tokenIds: [512] })).rejects.toThrow(TokenIdError);
  await expect(model.perplexity(one)).rejects.toThrow("at least two tokens");
  await expect(model.perplexity({ tokenIds: [5, 6] }, { window: 2, stride: 3 })).rejects.toThrow(
    "a stride from 1 to the window of 2",
  );
  const aborted = AbortSignal.abort(new Error("enough"));
  await expect(model.score(one, one, { signal: aborted })).rejects.toThrow("enough");
  expect((await model.score(one, { tokenIds: [6] })).logprobs).toHaveLength(1);
});

it("a list waits as one request, however many texts it has", async () => {
  await using narrow = await loadModel(tinyChat, { maxSequences: 2, maxWaiting: 1 });
  const tokenIds = Array.from({ length: 400 }, (_, i) => 5 + (i % 300));
  expect((await narrow.perplexity({ tokenIds }, { window: 20 })).tokens).toBe(380);
  const texts = Array.from({ length: 70 }, (_, i) => ({ tokenIds: [5 + i, 6] }));
  expect(await narrow.embed(texts)).toHaveLength(70);
});
