import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAME, start, type Started } from "../__fixtures__/start.ts";

const text = "NormHead is the head of Baichuan2";

let started: Started;
let client: OpenAI;
beforeAll(async () => {
  started = await start();
  client = started.client;
});
afterAll(() => started[Symbol.asyncDispose]());

type Params = OpenAI.CompletionCreateParamsNonStreaming;

const complete = (more: Partial<Params> = {}): Promise<OpenAI.Completion> =>
  client.completions.create({ model: NAME, prompt: text, temperature: 0, max_tokens: 6, ...more });

const idsOf = (prompt: string): number[] => [...started.model.promptIds({ text: prompt })];

describe("a completion", () => {
  it("has all that the client's types say, and the text of the model in process", async () => {
    const answer = await complete();
    expect(answer).toMatchObject({
      object: "text_completion",
      model: NAME,
      id: expect.stringMatching(/^cmpl-/),
      choices: [{ index: 0, logprobs: null, finish_reason: expect.stringMatching(/stop|length/) }],
    });
    const own = await started.model.generate({ text }, { temperature: 0, maxNewTokens: 6 });
    expect(answer.choices[0]?.text).toBe(own.text);
    expect(answer.usage).toMatchObject({
      prompt_tokens: idsOf(text).length,
      completion_tokens: own.usage.completionTokens,
    });
  });

  it("takes ids, several texts, and several lists of ids", async () => {
    const [one] = (await complete()).choices;
    expect((await complete({ prompt: idsOf(text) })).choices[0]?.text).toBe(one?.text);
    const many = await complete({ prompt: [text, "你好"] });
    expect(many.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(many.choices[0]?.text).toBe(one?.text);
    const lists = await complete({ prompt: [idsOf(text), idsOf("你好")] });
    expect(lists.choices.map((choice) => choice.text)).toEqual(
      many.choices.map((choice) => choice.text),
    );
  });

  it("gives n texts for each prompt, in order", async () => {
    const answer = await complete({ prompt: [text, "你好"], n: 2, seed: 1, temperature: 1 });
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it("with echo begins with its prompt", async () => {
    const [plain, echoed] = [await complete(), await complete({ echo: true })];
    expect(echoed.choices[0]?.text).toBe(text + (plain.choices[0]?.text ?? ""));
    const ids = await complete({ echo: true, prompt: idsOf(text) });
    expect(ids.choices[0]?.text).toBe(echoed.choices[0]?.text);
  });

  it("tells log-probabilities with the offsets of tokens", async () => {
    const { text: got = "", logprobs } =
      (await complete({ logprobs: 3, max_tokens: 5 })).choices[0] ?? {};
    expect(logprobs?.token_logprobs).toHaveLength(5);
    expectAtOffsets(got, logprobs?.tokens ?? [], logprobs?.text_offset ?? []);
    for (const top of logprobs?.top_logprobs ?? []) expect(Object.keys(top)).toHaveLength(3);
    const one = (await complete({ logprobs: 0, max_tokens: 2, temperature: 1 })).choices[0]
      ?.logprobs;
    for (const [i, top] of (one?.top_logprobs ?? []).entries())
      expect(top).toEqual({ [one?.tokens?.[i] ?? ""]: one?.token_logprobs?.[i] });
  });

  it("is changed by a bias, a stop string and a seed, as chats are", async () => {
    const [id = -1] = idsOf("X");
    expect((await complete({ logit_bias: { [id]: 100 } })).choices[0]?.text).toBe("XXXXXX");
    const whole = (await complete({ max_tokens: 20 })).choices[0]?.text ?? "";
    const stop = whole.slice(2, 5);
    const stopped = await complete({ max_tokens: 20, stop });
    expect(stopped.choices[0]?.text).toBe(whole.slice(0, whole.indexOf(stop)));
  });

  it("streams the same text", async () => {
    const stream = await client.completions.create({
      model: NAME,
      prompt: text,
      temperature: 0,
      max_tokens: 6,
      stream: true,
      stream_options: { include_usage: true },
    });
    let [got, usage]: [string, OpenAI.CompletionUsage | undefined] = ["", undefined];
    for await (const chunk of stream) {
      got += chunk.choices[0]?.text ?? "";
      usage = chunk.usage ?? usage;
    }
    expect(got).toBe((await complete()).choices[0]?.text);
    expect(usage?.prompt_tokens).toBe(idsOf(text).length);
  });

  it("streams echo and log-probabilities of several prompts", async () => {
    const params = { prompt: [text, "你好"], echo: true, logprobs: 1, max_tokens: 3 };
    const whole = await complete(params);
    const stream = await client.completions.create({
      model: NAME,
      temperature: 0,
      ...params,
      stream: true,
    });
    const texts = ["", ""];
    const numbers: (number | null)[][] = [[], []];
    for await (const { choices } of stream)
      for (const { index, text: piece, logprobs } of choices) {
        texts[index] += piece;
        numbers[index]?.push(...((logprobs?.token_logprobs ?? []) as (number | null)[]));
      }
    expect(texts).toEqual(whole.choices.map((choice) => choice.text));
    expect(numbers.map(({ length }) => length)).toEqual(
      whole.choices.map(({ logprobs }) => logprobs?.token_logprobs?.length),
    );
  });
});

describe("offsets of tokens", () => {
  it("hold for text that is written byte by byte", async () => {
    const prompt = "a😀b ö 龘 c";
    const answer = await complete({ prompt, echo: true, logprobs: 1, max_tokens: 0 });
    const { tokens = [], text_offset = [] } = answer.choices[0]?.logprobs ?? {};
    expect(tokens.some((token) => token.startsWith("bytes:\\x"))).toBe(true);
    expectAtOffsets(prompt, tokens, text_offset);
  });
});

describe("a list of prompts of which one cannot run", () => {
  it("is refused, and nothing of it runs on", async () => {
    const prompt = [...Array.from({ length: 8 }, () => [5, 6, 7]), [99_999_999]];
    const failed = complete({ prompt, max_tokens: 300, logit_bias: { "2": -100 } });
    await expect(failed).rejects.toMatchObject({ status: 400, param: "prompt" });
    const busy = async () => {
      const { running, waiting } = (await started.model.stats()).sequences;
      return running + waiting;
    };
    await expect.poll(busy, { timeout: 500 }).toBe(0);
  });
});

describe("log-likelihoods over HTTP", () => {
  const context = "问：什么是 Baichuan2？答：";
  const continuations = ["Baichuan2 是", "一个模型", "hello"];

  it("equal those in process, to the last bit that JSON carries", async () => {
    for (const continuation of continuations) {
      const own = await started.model.score({ text: context }, { text: continuation });
      const answer = await complete({
        prompt: context + continuation,
        echo: true,
        logprobs: 1,
        max_tokens: 0,
      });
      const { logprobs } = answer.choices[0] ?? {};
      const { token_logprobs: all = [], tokens = [] } = logprobs ?? {};
      expect(all[0]).toBeNull();
      expectAtOffsets(context + continuation, tokens, logprobs?.text_offset ?? []);
      const told = all.slice(-own.tokenIds.length) as number[];
      for (const [i, logprob] of own.logprobs.entries()) expect(told[i]).toBeCloseTo(logprob, 5);
      const sum = told.reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(own.logLikelihood, 4);
    }
  });

  it("tell whether a continuation is the greedy one, as harnesses read it", async () => {
    const greedy = await complete({ max_tokens: 3 });
    const prompt = text + (greedy.choices[0]?.text ?? "");
    const { logprobs } =
      (await complete({ prompt, echo: true, logprobs: 1, max_tokens: 0 })).choices[0] ?? {};
    for (const index of [-3, -2, -1]) {
      const top = logprobs?.top_logprobs?.at(index) ?? {};
      const best = Math.max(...Object.values(top));
      expect(logprobs?.token_logprobs?.at(index)).toBe(best);
    }
  });

  it("generate nothing with max_tokens 0, and count nothing", async () => {
    const answer = await complete({ echo: true, max_tokens: 0 });
    expect(answer.choices[0]).toMatchObject({ text, finish_reason: "length" });
    expect(answer.usage?.completion_tokens).toBe(0);
  });
});

/** Tokens that are whole characters stand where their offsets say. */
function expectAtOffsets(
  text: string,
  tokens: readonly string[],
  offsets: readonly number[],
): void {
  expect(offsets).toHaveLength(tokens.length);
  for (const [i, token] of tokens.entries())
    if (!token.startsWith("bytes:"))
      expect(text.slice(offsets[i], (offsets[i] ?? 0) + token.length)).toBe(token);
}
