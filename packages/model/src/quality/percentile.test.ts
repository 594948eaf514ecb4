import fc from "fast-check";
import { expect, it } from "vitest";
import { createRandom } from "../sampling/random.ts";
import { percentile } from "./percentile.ts";

it("a percentile of a worked example lies between its neighbours", () => {
  const sorted = [1, 2, 4, 8];
  // rank 0.5 · 3 = 1.5: half way from 2 to 4
  expect(percentile(sorted, 0.5)).toBe(3);
  // rank 0.99 · 3 = 2.97: 4 + 0.97 · 4
  expect(percentile(sorted, 0.99)).toBeCloseTo(7.88, 12);
  expect([percentile(sorted, 0), percentile(sorted, 1)]).toEqual([1, 8]);
});

it("percentiles of one value are that value, of none NaN, of infinities infinite", () => {
  expect(percentile([5], 0.99)).toBe(5);
  expect(percentile([], 0.5)).toBeNaN();
  expect(percentile([0, Infinity, Infinity], 0.9)).toBe(Infinity);
});

it("percentiles grow with the fraction, from the lowest to the highest value", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(), (count, seed) => {
      const random = createRandom(seed);
      const sorted = Float64Array.from({ length: count }, () => random.next()).toSorted();
      const values = [0, 0.1, 0.5, 0.9, 0.99, 1].map((fraction) => percentile(sorted, fraction));
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect([values[0], values.at(-1)]).toEqual([sorted[0], sorted.at(-1)]);
    }),
  );
});
