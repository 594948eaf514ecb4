import fc from "fast-check";
import { expect, it } from "vitest";
import { keptIds } from "./__fixtures__/run-filter.ts";
import { createRandom } from "./random.ts";
import { typicalP } from "./typical-p.ts";

/** Scores whose softmax is the given distribution. */
const logs = (probabilities: readonly number[]): number[] => probabilities.map(Math.log);

/** By the definition: distances of all ids, sorted; cut where the running mass reaches p. */
function keptBySorting(p: number, scores: readonly number[]): { kept: number[]; margin: number } {
  const highest = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - highest), 0);
  const surprises = scores.map((score) => highest - score + Math.log(sum));
  const masses = surprises.map((surprise) => Math.exp(-surprise));
  const entropy = surprises.reduce((total, surprise, id) => total + masses[id]! * surprise, 0);
  const distances = surprises.map((surprise) => Math.abs(surprise - entropy));
  let mass = 0;
  let margin = 1;
  let cut = 0;
  for (const id of [...scores.keys()].toSorted((a, b) => distances[a]! - distances[b]!)) {
    if (mass >= p) break;
    cut = distances[id]!;
    mass += masses[id]!;
    margin = Math.min(margin, Math.abs(mass - p));
  }
  return { kept: [...scores.keys()].filter((id) => distances[id]! <= cut), margin };
}

it("typical-p keeps the ids whose surprise is nearest the entropy", () => {
  // surprises 0.693, 1.386, 2.079, 2.079; entropy 0.5·0.693 + 0.25·1.386 + 2·0.125·2.079 = 1.213
  // distances 0.520, 0.173, 0.866, 0.866: the order is id 1, id 0, then ids 2 and 3
  const scores = logs([0.5, 0.25, 0.125, 0.125]);
  expect(keptIds(typicalP(0.2), scores)).toEqual([1]);
  expect(keptIds(typicalP(0.7), scores)).toEqual([0, 1]);
  expect(keptIds(typicalP(0.76), scores)).toEqual([0, 1, 2, 3]);
});

it("typical-p keeps every id of equal surprise", () => {
  expect(keptIds(typicalP(0.1), [7, 7, 7, 7])).toEqual([0, 1, 2, 3]);
});

it("typical-p keeps the sure id of a distribution without doubt", () => {
  expect(keptIds(typicalP(0.9), [0, 1000, -1000])).toEqual([1]);
  expect(keptIds(typicalP(0.9), [5])).toEqual([0]);
});

it("typical-p looks only at ids still in the race", () => {
  // renormalised 2/3 and 1/3: entropy 0.637, distances 0.231 and 0.462
  const scores = logs([0.5, 0.25, 0.25]);
  scores[2] = -Infinity;
  expect(keptIds(typicalP(0.6), scores)).toEqual([0]);
  expect(keptIds(typicalP(0.7), scores)).toEqual([0, 1]);
});

it("typical-p keeps what sorting by distance keeps", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9999 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.constantFrom(0.01, 1, 5, 40),
      (seed, size, p, spread) => {
        const random = createRandom(seed);
        const scores = Array.from({ length: size }, () =>
          Math.fround((random.next() - 0.5) * 2 * spread),
        );
        const { kept, margin } = keptBySorting(p, scores);
        // nearer than this to p the order of a sum decides
        fc.pre(margin > 1e-9);
        expect(keptIds(typicalP(p), scores)).toEqual(kept);
      },
    ),
    { numRuns: 60 },
  );
});
