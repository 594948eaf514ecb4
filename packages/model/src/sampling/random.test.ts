import { expect, it } from "vitest";
import { createRandom, MAX_SEED, randomSeed } from "./random.ts";

it("the same seed gives the same numbers", () => {
  const first = createRandom(7);
  const second = createRandom(7);
  const numbers = Array.from({ length: 5 }, () => first.next());
  expect(Array.from({ length: 5 }, () => second.next())).toEqual(numbers);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
});

it("the first numbers of neighbouring seeds are spread evenly", () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let seed = 0; seed < 2000; seed++) counts[Math.floor(createRandom(seed).next() * 10)]!++;
  // chi-square, 9 degrees of freedom: 27.9 is exceeded once in a thousand; seeds are fixed
  const chiSquare = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
  expect(chiSquare).toBeLessThan(27.9);
});

it("the largest and the smallest seed give different numbers", () => {
  expect(createRandom(MAX_SEED).next()).not.toBe(createRandom(0).next());
});

it("a random seed is an unsigned 32-bit integer and hardly ever repeats", () => {
  const seeds = Array.from({ length: 8 }, randomSeed);
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)).toBe(true);
  expect(new Set(seeds).size).toBeGreaterThan(1);
});
