import { fileURLToPath } from "node:url";
import { UnsupportedError } from "@baichuan2/kernels";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadModel } from "../load-model.ts";
import type { Model } from "../model.ts";
import { tokenLogprob } from "../sampling/token-logprobs.ts";
import type { GenerationDelta } from "./choice-text.ts";

/** A random model of 512 tokens. */
const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));

let model: Model;
beforeAll(async () => {
  model = await loadModel(tinyChat);
});
afterAll(() => model.dispose());

const prompt = { text: "Hello" };
const sampled = { doSample: true, temperature: 1, topK: 0, topP: 1, repetitionPenalty: 1 };
const greedy = { doSample: false, repetitionPenalty: 1, ignoreEos: true };

describe("several texts of one prompt", () => {
  it("are drawn each on its own, the first as with n = 1", async () => {
    const options = { ...sampled, seed: 3, maxNewTokens: 12 };
    const { choices, usage, tokenIds } = await model.generate(prompt, { ...options, n: 4 });
    expect(new Set(choices.map(({ text }) => text)).size).toBe(4);
    expect(choices[0]?.tokenIds).toEqual(tokenIds);
    expect(usage.completionTokens).toBe(choices.flatMap((choice) => choice.tokenIds).length);
    const alone = await model.generate(prompt, options);
    expect(alone.tokenIds).toEqual(tokenIds);
    expect(alone.choices).toHaveLength(1);
  });

  it("stream with the number of their choice, and each says how it ended", async () => {
    const stream = model.generateStream(prompt, { ...sampled, seed: 3, maxNewTokens: 9, n: 3 });
    const deltas: GenerationDelta[] = [];
    let next = await stream.next();
    for (; !next.done; next = await stream.next()) deltas.push(next.value);
    for (const [index, choice] of next.value.choices.entries()) {
      const own = deltas.filter((delta) => delta.choice === index);
      expect(own.flatMap(({ tokenIds }) => tokenIds)).toEqual(choice.tokenIds);
      expect(own.map(({ text }) => text).join("")).toBe(choice.text);
      expect(own.flatMap(({ finishReason }) => finishReason ?? [])).toEqual([choice.finishReason]);
    }
  });

  it("end one by one at stop strings, and the others go on", async () => {
    const options = { ...sampled, seed: 11, maxNewTokens: 40, ignoreEos: true, n: 3 };
    const { choices } = await model.generate(prompt, options);
    const stop = choices[1]?.text?.slice(4, 8) ?? "";
    const stopped = (await model.generate(prompt, { ...options, stop })).choices;
    for (const [index, { text = "", finishReason }] of stopped.entries()) {
      const whole = choices[index]?.text ?? "";
      const has = whole.includes(stop);
      expect(text).toBe(has ? whole.slice(0, whole.indexOf(stop)) : whole);
      expect(finishReason).toBe(has ? "stop" : "length");
    }
    expect(stopped[1]?.finishReason).toBe("stop");
  });
});

describe("log-probabilities", () => {
  it("of the output are those of the raw logits, with the likeliest alternatives", async () => {
    const options = { ...sampled, seed: 1, maxNewTokens: 5, logprobs: true, topLogprobs: 3 };
    const tokenIds = [5, 6, 7];
    const result = await model.generate({ tokenIds }, options);
    expect(result.logprobs).toHaveLength(result.tokenIds.length);
    const { data, shape } = await model.logits([...tokenIds, ...result.tokenIds]);
    for (const [i, told] of (result.logprobs ?? []).entries()) {
      const row = data.subarray((2 + i) * shape[1], (3 + i) * shape[1]);
      const expected = tokenLogprob(row, result.tokenIds[i] ?? NaN, 3);
      expect(told.tokenId).toBe(expected.tokenId);
      expect(told.logprob).toBeCloseTo(expected.logprob, 4);
      const ids = told.topLogprobs.map(({ tokenId }) => tokenId);
      expect(ids).toEqual(expected.topLogprobs.map(({ tokenId }) => tokenId));
    }
  });

  it("stream with their tokens", async () => {
    const stream = model.generateStream(prompt, { maxNewTokens: 6, logprobs: true });
    for await (const { tokenIds, logprobs } of stream)
      expect(logprobs?.map(({ tokenId }) => tokenId)).toEqual(tokenIds);
  });

  it("of the prompt are there for each token but the first, also of one that takes several chunks", async () => {
    const tokenIds = Array.from({ length: 300 }, (_, t) => 4 + ((t * 37) % 500));
    const options = { ...greedy, maxNewTokens: 2, promptLogprobs: 2, n: 2 };
    const { promptLogprobs = [] } = await model.generate({ tokenIds }, options);
    const { logprobs } = await model.score(
      { tokenIds: tokenIds.slice(0, 1) },
      { tokenIds: tokenIds.slice(1) },
    );
    expect(promptLogprobs.map(({ tokenId }) => tokenId)).toEqual(tokenIds.slice(1));
    for (const [i, { logprob, topLogprobs }] of promptLogprobs.entries()) {
      expect(logprob).toBeCloseTo(logprobs[i] ?? NaN, 4);
      expect(topLogprobs).toHaveLength(2);
    }
    expect(await model.generate({ tokenIds }, greedy)).not.toHaveProperty("promptLogprobs");
  });
});

describe("a response format", () => {
  const schema = {
    type: "object",
    properties: {
      name: { type: "string", maxLength: 8 },
      age: { type: "integer", minimum: 0, maximum: 150 },
    },
    required: ["name", "age"],
    additionalProperties: false,
  } as const;

  it.each([1, 2, 3, 4, 5])("holds whatever the model would rather say: seed %i", async (seed) => {
    const responseFormat = { type: "json_schema", schema } as const;
    const options = { ...sampled, seed, maxNewTokens: 60, n: 2, responseFormat };
    for (const { text = "" } of (await model.generate(prompt, options)).choices) {
      const value = JSON.parse(text) as Record<string, unknown>;
      expect(Object.keys(value).toSorted()).toEqual(["age", "name"]);
      expect(value["age"]).toBeGreaterThanOrEqual(0);
    }
  });

  it("ends where nothing may follow", async () => {
    const responseFormat = { type: "choice", choices: ["yes", "no"] } as const;
    const { text, finishReason } = await model.generate(prompt, { ...sampled, responseFormat });
    expect(["yes", "no"]).toContain(text);
    expect(finishReason).toBe("stop");
  });

  it("that cannot be is refused before anything runs", async () => {
    const responseFormat = { type: "regex", pattern: "(" } as const;
    await expect(model.generate(prompt, { responseFormat })).rejects.toMatchObject({
      code: "ERR_RESPONSE_FORMAT",
    });
  });
});

describe("a logits processor", () => {
  it("decides before anything else, and knows the text so far", async () => {
    const seen: number[][] = [];
    const result = await model.generate(
      { tokenIds: [5, 6] },
      {
        ...greedy,
        maxNewTokens: 3,
        logitsProcessor: async (logits, { tokenIds, choice }) => {
          expect(choice).toBe(0);
          seen.push([...tokenIds]);
          await Promise.resolve();
          logits.fill(-Infinity);
          logits[100 + tokenIds.length] = 0;
        },
      },
    );
    expect(result.tokenIds).toEqual([102, 103, 104]);
    expect(seen).toEqual([
      [5, 6],
      [5, 6, 102],
      [5, 6, 102, 103],
    ]);
  });

  it("has each of several texts for itself", async () => {
    const logitsProcessor = (logits: Float32Array, { choice }: { choice: number }): void => {
      logits.fill(-Infinity);
      logits[200 + choice] = 0;
    };
    const { choices } = await model.generate(
      { tokenIds: [5] },
      { ...greedy, n: 3, maxNewTokens: 2, logitsProcessor },
    );
    expect(choices.map(({ tokenIds }) => tokenIds)).toEqual([
      [200, 200],
      [201, 201],
      [202, 202],
    ]);
  });

  it("that throws ends its generation alone, with its own error", async () => {
    const failing = model.generate(prompt, {
      logitsProcessor: () => {
        throw new RangeError("mine");
      },
    });
    const other = model.generate(prompt, { ...greedy, maxNewTokens: 4 });
    await expect(failing).rejects.toThrow(new RangeError("mine"));
    expect((await other).tokenIds).toHaveLength(4);
    expect((await model.stats()).sequences).toMatchObject({ running: 0, waiting: 0 });
  });

  it("that leaves no token is a LogitsError", async () => {
    const logitsProcessor = (logits: Float32Array): void => void logits.fill(-Infinity);
    await expect(model.generate(prompt, { logitsProcessor })).rejects.toMatchObject({
      code: "ERR_LOGITS",
    });
  });
});

describe("speculative decoding", () => {
  const quoted = { tokenIds: [5, 6, 7, 8, 9, 10, 11, 12, 5, 6, 7, 8, 9, 10, 11, 12, 5, 6, 7] };

  // A bias on ids of the prompt makes a random model quote.
  const logitBias = Object.fromEntries([5, 6, 7, 8].map((id) => [id, 6]));

  it.each([
    { ...greedy, maxNewTokens: 80 },
    { ...greedy, maxNewTokens: 80, logitBias },
    { ...sampled, seed: 4, temperature: 0.4, maxNewTokens: 60, logitBias },
    { ...sampled, seed: 5, maxNewTokens: 60, stop: "e" },
  ])("gives the same tokens with %o", async (options) => {
    const plain = await model.generate(quoted, options);
    const guessed = await model.generate(quoted, { ...options, speculative: true });
    expect(guessed.tokenIds).toEqual(plain.tokenIds);
    expect(guessed.text).toBe(plain.text);
  });

  it("guesses right in a text that repeats itself", { timeout: 60_000 }, async () => {
    // Whether guessing pays is measured; beside other work a text may pass without a try.
    for (let seed = 0; seed < 100; seed++) {
      const options = { ...sampled, seed, temperature: 0.4, maxNewTokens: 100, logitBias };
      await model.generate(quoted, { ...options, speculative: true });
      const { proposed, accepted } = (await model.stats()).drafts;
      expect(proposed).toBeGreaterThanOrEqual(accepted);
      if (accepted > 0) return;
    }
    expect.unreachable("none of 100 texts had a guess that was right");
  });

  it("keeps to a response format", async () => {
    const responseFormat = { type: "regex", pattern: "(ab|cd){3,20}" } as const;
    const options = { ...sampled, seed: 2, maxNewTokens: 40, responseFormat };
    const plain = await model.generate(prompt, options);
    const guessed = await model.generate(prompt, { ...options, speculative: true });
    expect(guessed.text).toMatch(/^(ab|cd){3,20}$/);
    expect(guessed.tokenIds).toEqual(plain.tokenIds);
  });

  it("is refused with a processor of one row at a time", async () => {
    const options = { speculative: true, logitsProcessor: () => {} };
    await expect(model.generate(prompt, options)).rejects.toThrow(UnsupportedError);
  });

  it("is refused where runs must not depend on it", async () => {
    await using deterministic = await loadModel(tinyChat, { deterministic: true });
    await expect(deterministic.generate(prompt, { speculative: true })).rejects.toThrow(
      UnsupportedError,
    );
  });
});

it("a format may ask for repeats that are forbidden otherwise", async () => {
  const responseFormat = { type: "regex", pattern: "(ab){12}" } as const;
  const options = { ...sampled, seed: 1, maxNewTokens: 40, noRepeatNgramSize: 2, responseFormat };
  expect((await model.generate(prompt, options)).text).toBe("ab".repeat(12));
});

it("an abort ends the work at once, also where nobody asks for the next piece", async () => {
  const controller = new AbortController();
  const options = { ...greedy, maxNewTokens: 900, signal: controller.signal };
  const stream = model.generateStream(prompt, options);
  await stream.next();
  controller.abort(new Error("enough"));
  await vi.waitFor(async () => expect((await model.stats()).sequences.running).toBe(0));
  await expect(stream.next().then(() => stream.next())).rejects.toThrow("enough");
});
