import fc from "fast-check";
import { expect, it } from "vitest";
import { LogitsError } from "./logits-error.ts";
import { createRandom } from "./random.ts";
import { tokenLogprob, tokenLogprobs } from "./token-logprobs.ts";

it("the log-probability is that of the softmax, most likely first", () => {
  // probabilities 1/8, 1/2, 1/4, 1/8
  const logits = Float32Array.from([1, 4, 2, 1].map(Math.log));
  const { tokenId, logprob, topLogprobs } = tokenLogprob(logits, 2, 3);
  expect(tokenId).toBe(2);
  expect(logprob).toBeCloseTo(Math.log(1 / 4), 6);
  expect(topLogprobs.map((entry) => entry.tokenId)).toEqual([1, 2, 0]);
  expect(topLogprobs.map((entry) => Math.exp(entry.logprob))).toEqual([
    expect.closeTo(1 / 2, 6),
    expect.closeTo(1 / 4, 6),
    expect.closeTo(1 / 8, 6),
  ]);
});

it("without alternatives only the token itself is told", () => {
  expect(tokenLogprob(Float32Array.of(0, 0), 1, 0)).toEqual({
    tokenId: 1,
    logprob: -Math.LN2,
    topLogprobs: [],
  });
});

it("an id that cannot come has -Infinity and is no alternative", () => {
  const { logprob, topLogprobs } = tokenLogprob(Float32Array.of(-Infinity, 3), 0, 2);
  expect(logprob).toBe(-Infinity);
  expect(topLogprobs).toEqual([{ tokenId: 1, logprob: 0 }]);
});

it("large logits do not overflow", () => {
  expect(tokenLogprob(Float32Array.of(1e30, 1e30), 0, 0).logprob).toBe(-Math.LN2);
});

it("the alternatives are the first of the sorted vocabulary, and probabilities sum to 1", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 0, max: 20 }),
      (seed, size, top) => {
        const random = createRandom(seed);
        // few distinct values, so that ties are common
        const logits = Float32Array.from({ length: size }, () => Math.floor(random.next() * 12));
        const sorted = [...logits.keys()].toSorted((a, b) => logits[b]! - logits[a]! || a - b);
        const { topLogprobs } = tokenLogprob(logits, 0, top);
        expect(topLogprobs.map(({ tokenId }) => tokenId)).toEqual(sorted.slice(0, top));
        for (const { tokenId, logprob } of topLogprobs) {
          expect(logprob).toBe(tokenLogprob(logits, tokenId, 0).logprob);
        }
        const mass = sorted.reduce(
          (sum, id) => sum + Math.exp(tokenLogprob(logits, id, 0).logprob),
          0,
        );
        expect(mass).toBeCloseTo(1, 12);
      },
    ),
  );
});

it("what cannot be scored is refused with its place", () => {
  const one = Float32Array.of(1);
  expect(() => tokenLogprob(Float32Array.of(1, NaN), 0, 0)).toThrow(LogitsError);
  expect(() => tokenLogprob(Float32Array.of(1, NaN), 0, 0)).toThrow(
    "tokenLogprob: expected finite logits, got NaN for id 1",
  );
  expect(() => tokenLogprob(Float32Array.of(-Infinity), 0, 0)).toThrow("above -Infinity, got none");
  expect(() => tokenLogprob(one, 1, 0)).toThrow("a token id below 1, got 1");
  expect(() => tokenLogprob(one, -1, 0)).toThrow("got -1");
  expect(() => tokenLogprob(one, 0, 21)).toThrow("top from 0 to 20, got 21");
  expect(() => tokenLogprob(one, 0, 0.5)).toThrow("got 0.5");
});

it("several tokens of a row have what each has alone", () => {
  const random = createRandom(3);
  const logits = Float32Array.from({ length: 50 }, () => 20 * random.next() - 10);
  const tokenIds = [49, 0, 7, 7];
  const alone = tokenIds.map((tokenId) => tokenLogprob(logits, tokenId, 0).logprob);
  expect(tokenLogprobs(logits, tokenIds)).toEqual(alone);
  expect(() => tokenLogprobs(logits, [50])).toThrow(LogitsError);
});
