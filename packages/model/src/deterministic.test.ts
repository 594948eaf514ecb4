import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadModel } from "./load-model.ts";
import type { Model } from "./model.ts";

/** A random model of 512 tokens. */
const tinyChat = fileURLToPath(new URL("../../../apps/cli/fixtures/tiny-chat", import.meta.url));

/** Texts of several lengths: of one chunk and of more, two with the same beginning of more than a chunk. */
const beginning = Array.from({ length: 300 }, (_, t) => 4 + ((t * 37) % 500));
const prompts = [
  [5],
  [5, 6, 7],
  beginning,
  [...beginning, 9, 10],
  beginning.slice(100, 180),
  [...beginning, 11],
  [400, 3, 99, 20],
  beginning.slice(7),
];

/** Log-probabilities as they are: two runs that differ in one bit of a logit differ here. */
const options = (seed: number) => ({
  seed,
  doSample: true,
  temperature: 1,
  topK: 0,
  topP: 1,
  repetitionPenalty: 1,
  maxNewTokens: 12 + seed,
  ignoreEos: true,
  logprobs: true,
  topLogprobs: 5,
});

const answer = async (model: Model, index: number) => {
  const { tokenIds, logprobs } = await model.generate(
    { tokenIds: prompts[index] ?? [] },
    options(index),
  );
  return { tokenIds, logprobs };
};

let alone: Awaited<ReturnType<typeof answer>>[];
beforeAll(async () => {
  await using model = await loadModel(tinyChat, { deterministic: true, prefixCacheSlots: 0 });
  alone = [];
  for (const index of prompts.keys()) alone.push(await answer(model, index));
});

let model: Model;
beforeAll(async () => {
  model = await loadModel(tinyChat, { deterministic: true });
});
afterAll(() => model.dispose());

const all = [...prompts.keys()];

it("what a deterministic model gives is the same bit for bit, alone or beside seven others", async () => {
  expect(await Promise.all(all.map((index) => answer(model, index)))).toEqual(alone);
});

it("it is the same from the prefix cache, in any order, beside texts that end", async () => {
  const { prefixCache } = await model.stats();
  const controller = new AbortController();
  const aborted = Promise.allSettled(
    [300, 50].map((length) =>
      model.generate(
        { tokenIds: beginning.slice(0, length) },
        { ...options(9), maxNewTokens: 500, signal: controller.signal },
      ),
    ),
  );
  setTimeout(() => controller.abort(), 20);
  const answers = all.toReversed().map((index) => answer(model, index));
  expect((await Promise.all(answers)).toReversed()).toEqual(alone);
  await aborted;
  expect((await model.stats()).prefixCache.hits).toBeGreaterThan(prefixCache.hits);
});

it("it is the same where slots run out and texts are computed again", async () => {
  const texts = [1, 2, 3].map((first) => ({ tokenIds: [first, 5, 6, 7] }));
  const long = { ...options(1), maxNewTokens: 90 };
  const expected = [];
  for (const text of texts) expected.push((await model.generate(text, long)).logprobs);
  await using small = await loadModel(tinyChat, { deterministic: true, maxSlots: 180 });
  const answers = await Promise.all(texts.map((text) => small.generate(text, long)));
  expect(answers.map(({ logprobs }) => logprobs)).toEqual(expected);
  expect((await small.stats()).sequences.preemptions).toBeGreaterThan(0);
});

it("several texts of one prompt are those of the same seed beside others", async () => {
  const drawn = () => model.generate({ tokenIds: [5, 6] }, { ...options(3), n: 3 });
  const first = await drawn();
  const [second] = await Promise.all([drawn(), answer(model, 4), answer(model, 2)]);
  expect(second.choices).toEqual(first.choices);
});
