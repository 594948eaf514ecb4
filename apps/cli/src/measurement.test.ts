import { setTimeout as sleep } from "node:timers/promises";
import type { GenerateOptions, GenerationDelta, GenerationResult, Prompt } from "@baichuan2/model";
import { describe, expect, it } from "vitest";
import { measureRound, median, promptOfRound } from "./measurement.ts";

describe("median", () => {
  it("is the middle of an odd and the mean of the middle two of an even number of values", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeUndefined();
  });
});

describe("promptOfRound", () => {
  it.each([125_696, 512])(
    "gives ids of a vocabulary of %i, different ones in each round",
    (vocabSize) => {
      const first = promptOfRound(0, 300, vocabSize);
      expect(first).toHaveLength(300);
      expect(first.every((id) => id >= 200 && id < vocabSize)).toBe(true);
      expect(promptOfRound(1, 300, vocabSize)).not.toEqual(first);
    },
  );
});

/** A model whose tokens come after so many milliseconds each; a text's id says which list is its own. */
function modelOf(waits: readonly (readonly number[])[], tokensAtOnce = 1) {
  const asked: GenerateOptions[] = [];
  async function* generateStream(
    prompt: Prompt,
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerationDelta, GenerationResult> {
    asked.push(options);
    const [own = 0] = "tokenIds" in prompt ? Array.from(prompt.tokenIds) : [];
    for (const ms of waits[own] ?? []) {
      await sleep(ms);
      yield { choice: 0, tokenIds: Array<number>(tokensAtOnce).fill(1), text: "" };
    }
    return {
      choices: [],
      tokenIds: [],
      text: "",
      finishReason: "length",
      usage: { promptTokens: 1, cachedTokens: 0, completionTokens: 4 },
      timings: { queueMs: 0, prefillMs: 0, decodeMs: 0 },
      seed: 0,
    };
  }
  return { generateStream, asked };
}

describe("measureRound", () => {
  const { signal } = new AbortController();

  it("tells the time to the first token from the median time of the others", async () => {
    const model = modelOf([[60, 10, 10, 90]]);
    const round = await measureRound(model, [[0]], { newTokens: 4, signal });
    expect(round.prefillSeconds).toBeGreaterThan(0.055);
    // The mean of 10, 10 and 90 ms would be 37 ms.
    expect(round.secondsPerToken).toBeLessThan(0.03);
    expect(model.asked).toMatchObject([{ maxNewTokens: 4, speculative: false, n: 1 }]);
  });

  it("counts all tokens of guesses that come at once", async () => {
    const model = modelOf([[1, 20, 20]], 4);
    const options = { newTokens: 12, speculative: true, signal };
    const { secondsPerToken = 0, totalTokPerSec = 0 } = await measureRound(model, [[0]], options);
    // Eight tokens after the first four, in at least 40 ms (timers may be 1 ms early).
    expect(totalTokPerSec).toBeLessThan(8 / 0.038);
    expect(secondsPerToken).toBeCloseTo(1 / totalTokPerSec, 10);
  });

  it("lets streams that start early go on until the last one has its tokens", async () => {
    const early = Array<number>(60).fill(5);
    const model = modelOf([early, [40, 5, 5, 5]]);
    const prompts = [[0], [1]];
    const round = await measureRound(model, prompts, { newTokens: 4, signal });
    expect(round.prefillSeconds).toBeGreaterThan(0.035);
    // Two streams, each with a token in 5 ms or more.
    expect(round.totalTokPerSec).toBeLessThan(2 / 0.0025);
    expect(model.asked.map(({ maxNewTokens }) => maxNewTokens)).toEqual([5, 5]);
  });

  it("has no rate of generation with one new token", async () => {
    const round = await measureRound(modelOf([[5]]), [[0]], { newTokens: 1, signal });
    expect(round).toMatchObject({ secondsPerToken: undefined, totalTokPerSec: undefined });
  });
});
