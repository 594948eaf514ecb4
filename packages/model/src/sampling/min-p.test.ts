import { expect, it } from "vitest";
import { keptIds } from "./__fixtures__/run-filter.ts";
import { minP } from "./min-p.ts";

it("min-p drops ids less likely than a fraction of the most likely", () => {
  // 0.3 * 0.5 = 0.15: 0.16 stays, 0.14 goes
  const scores = [0.16, 0.5, 0.14, 0.2].map(Math.log);
  expect(keptIds(minP(0.3), scores)).toEqual([0, 1, 3]);
});

it("min-p of 1 keeps the most likely ids alone", () => {
  expect(keptIds(minP(1), [2, 1, 2, 0])).toEqual([0, 2]);
});
