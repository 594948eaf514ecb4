import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, MAX_SEED, randomSeed, uniform } from "./random.ts";

const word = fc.integer({ min: 0, max: MAX_SEED });

/** Over ten equal bins, 9 degrees of freedom: 27.9 is exceeded once in a thousand, and the numbers are fixed. */
function chiSquareOfTenths(numbers: readonly number[]): number {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const number of numbers) counts[Math.floor(number * 10)]!++;
  const expected = numbers.length / 10;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("uniform", () => {
  it("takes its 53 bits from the first two words of philox", () => {
    // zeros give 0x6627e8d5, 0xe169c58d: 27 bits of the first above 26 bits of the second
    const bits = ((0x6627e8d5n >> 5n) << 26n) | (0xe169c58dn >> 6n);
    expect(uniform(0, 0, 0)).toBe(Number(bits) / 2 ** 53);
  });

  it("is below 1 and not negative at any place", () => {
    fc.assert(
      fc.property(word, word, fc.maxSafeNat(), (seed, stream, counter) => {
        const number = uniform(seed, stream, counter);
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThan(1);
      }),
    );
  });

  it.each<[name: string, (index: number) => number]>([
    ["places", (index) => uniform(7, 0, index)],
    ["streams", (index) => uniform(7, index, 0)],
    ["seeds", (index) => uniform(index, 0, 0)],
    ["places past 2^32", (index) => uniform(7, 0, 2 ** 32 * (index + 1))],
  ])("spreads evenly over neighbouring %s", (_, number) => {
    const numbers = Array.from({ length: 2000 }, (_unused, index) => number(index));
    expect(chiSquareOfTenths(numbers)).toBeLessThan(27.9);
    expect(new Set(numbers).size).toBe(2000);
  });

  it("gives streams that do not follow each other", () => {
    const size = 4000;
    const products = Array.from(
      { length: size },
      (_, index) => (uniform(3, 0, index) - 0.5) * (uniform(3, 1, index) - 0.5),
    );
    // Correlation of independent numbers: deviation 1 / sqrt(4000) = 0.0158; 4 of them
    const correlation = (products.reduce((sum, product) => sum + product, 0) / size) * 12;
    expect(Math.abs(correlation)).toBeLessThan(0.064);
  });
});

describe("createRandom", () => {
  it("walks a stream from a given place", () => {
    const random = createRandom(7, 2, 5);
    expect([random.next(), random.next()]).toEqual([uniform(7, 2, 5), uniform(7, 2, 6)]);
    expect(random.position).toBe(7);
  });

  it("starts at the first number of the first stream", () => {
    expect(createRandom(7).next()).toBe(uniform(7, 0, 0));
  });
});

it("a random seed is an unsigned 32-bit integer and hardly ever repeats", () => {
  const seeds = Array.from({ length: 8 }, randomSeed);
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)).toBe(true);
  expect(new Set(seeds).size).toBeGreaterThan(1);
});
