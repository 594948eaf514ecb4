import { setTimeout as sleep } from "node:timers/promises";
import type { GenerationDelta, GenerationResult } from "@baichuan2/model";
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

describe("measureRound", () => {
  it("tells the time to the first token from the median time of the others", async () => {
    async function* generateStream(): AsyncGenerator<GenerationDelta, GenerationResult> {
      await sleep(60);
      yield { choice: 0, tokenIds: [1], text: "" };
      for (const ms of [10, 10, 90]) {
        await sleep(ms);
        yield { choice: 0, tokenIds: [1], text: "" };
      }
      return {
        choices: [],
        tokenIds: [],
        text: "",
        finishReason: "length",
        usage: { promptTokens: 1, completionTokens: 4 },
        seed: 0,
      };
    }
    const round = await measureRound({ generateStream }, [1], 4, new AbortController().signal);
    expect(round.prefillSeconds).toBeGreaterThan(0.055);
    // The mean of 10, 10 and 90 ms would be 37 ms.
    expect(round.secondsPerToken).toBeLessThan(0.03);
  });
});
