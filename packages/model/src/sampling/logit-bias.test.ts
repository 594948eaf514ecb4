import fc from "fast-check";
import { expect, it } from "vitest";
import { runProcessor } from "./__fixtures__/run-filter.ts";
import { logitBias } from "./logit-bias.ts";

it("a bias is added to its id's score, whatever the history", () => {
  expect(runProcessor(logitBias({ 0: -100, 2: 1.5 }), [3, 1, 2], [0, 1])).toEqual([-97, 1, 3.5]);
});

it("a bias does not bring a forbidden id back", () => {
  expect(runProcessor(logitBias({ 1: 100 }), [0, -Infinity], [])).toEqual([0, -Infinity]);
});

it("opposite biases cancel out, and no other id changes", () => {
  const bias = fc.integer({ min: -100, max: 100 });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.nat(9), bias), { selector: ([id]) => id }),
      (entries) => {
        const scores = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        const biased = runProcessor(logitBias(Object.fromEntries(entries)), scores, []);
        const opposite = Object.fromEntries(entries.map(([id, value]) => [id, -value]));
        expect(runProcessor(logitBias(opposite), biased, [])).toEqual(scores);
        const changed = scores.filter((id) => biased[id] !== id);
        const named = entries.filter(([, value]) => value !== 0).map(([id]) => id);
        expect(changed).toEqual(named.toSorted((a, b) => a - b));
      },
    ),
  );
});
