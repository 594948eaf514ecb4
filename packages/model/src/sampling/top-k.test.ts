import fc from "fast-check";
import { expect, it } from "vitest";
import { keptIds } from "./__fixtures__/run-filter.ts";
import { createRandom } from "./random.ts";
import { topK } from "./top-k.ts";

it("top-k keeps the k highest scores", () => {
  expect(keptIds(topK(2), [1, 4, 2, 3])).toEqual([1, 3]);
  expect(keptIds(topK(1), [1, 4, 2, 3])).toEqual([1]);
});

it("top-k keeps every score equal to the k-th", () => {
  expect(keptIds(topK(2), [3, 1, 3, 5, 3])).toEqual([0, 2, 3, 4]);
});

it("top-k keeps all if there are no more than k, forbidden ids not counted", () => {
  expect(keptIds(topK(3), [1, -Infinity, 2, 3])).toEqual([0, 2, 3]);
  expect(keptIds(topK(1_000_000), [1, 2])).toEqual([0, 1]);
});

it("top-k keeps what sorting keeps", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      (seed, size, k) => {
        const random = createRandom(seed);
        // few distinct values, so that ties at the cut are common
        const scores = Array.from({ length: size }, () => Math.floor(random.next() * 40) - 20);
        const kth = scores.toSorted((a, b) => b - a)[Math.min(k, size) - 1]!;
        const expected = [...scores.keys()].filter((id) => scores[id]! >= kth);
        expect(keptIds(topK(k), scores)).toEqual(expected);
      },
    ),
  );
});
