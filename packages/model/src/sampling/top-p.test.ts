import fc from "fast-check";
import { expect, it } from "vitest";
import { keptIds } from "./__fixtures__/run-filter.ts";
import { createRandom } from "./random.ts";
import { topP } from "./top-p.ts";

/** Scores whose softmax is the given distribution. */
const logs = (probabilities: readonly number[]): number[] => probabilities.map(Math.log);

it("top-p keeps the most likely ids until their mass reaches p", () => {
  // descending 0.5, 0.3, 0.15, 0.05: the mass above them is 0, 0.5, 0.8, 0.95
  const scores = logs([0.15, 0.5, 0.05, 0.3]);
  expect(keptIds(topP(0.4), scores)).toEqual([1]);
  expect(keptIds(topP(0.6), scores)).toEqual([1, 3]);
  expect(keptIds(topP(0.9), scores)).toEqual([0, 1, 3]);
  expect(keptIds(topP(0.96), scores)).toEqual([0, 1, 2, 3]);
});

it("top-p keeps the most likely id however small p is", () => {
  expect(keptIds(topP(1e-9), logs([0.2, 0.5, 0.3]))).toEqual([1]);
});

it("top-p keeps the lowest ids among equal scores at the cut", () => {
  // four of 0.25: mass above the third in rank is 0.5 < 0.6, above the fourth 0.75
  expect(keptIds(topP(0.6), [7, 7, 7, 7])).toEqual([0, 1, 2]);
});

it("top-p looks only at ids still in the race", () => {
  const scores = logs([0.2, 0.5, 0.3]);
  scores[1] = -Infinity;
  // renormalised 0.4 and 0.6
  expect(keptIds(topP(0.5), scores)).toEqual([2]);
});

it("top-p survives scores that are very far apart", () => {
  expect(keptIds(topP(0.9), [1e30, -1e30, 0])).toEqual([0]);
  expect(keptIds(topP(0.999), [0, -1000, -2000])).toEqual([0]);
});

it("top-p keeps the smallest prefix of the ranking that reaches p", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      fc.constantFrom(0.01, 1, 5, 40),
      (seed, size, p, spread) => {
        const random = createRandom(seed);
        const scores = Float32Array.from(
          { length: size },
          () => (random.next() - 0.5) * 2 * spread,
        );
        const weights = Array.from(scores, (score) => Math.exp(score - spread));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const mass = (ids: readonly number[]): number =>
          ids.reduce((sum, id) => sum + weights[id]!, 0) / total;

        const kept = keptIds(topP(p), scores);
        const lowestKept = Math.min(...kept.map((id) => scores[id]!));
        const dropped = [...scores.keys()].filter((id) => !kept.includes(id));
        expect(dropped.every((id) => scores[id]! <= lowestKept)).toBe(true);
        expect(mass(kept)).toBeGreaterThan(p - 1e-9);
        const withoutLowest = kept.toSorted((a, b) => scores[b]! - scores[a]!).slice(0, -1);
        expect(mass(withoutLowest)).toBeLessThan(p + 1e-9);
      },
    ),
    { numRuns: 60 },
  );
});
