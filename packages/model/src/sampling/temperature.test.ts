import { expect, it } from "vitest";
import { runWarpers } from "./__fixtures__/run-filter.ts";
import { temperature } from "./temperature.ts";

it("temperature divides the scores in float32", () => {
  expect(runWarpers([temperature(0.5)], [1, -2, -Infinity])).toEqual([2, -4, -Infinity]);
  expect(runWarpers([temperature(0.3)], [1])).toEqual([Math.fround(1 / Math.fround(0.3))]);
});
