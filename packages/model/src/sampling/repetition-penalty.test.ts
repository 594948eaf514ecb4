import { expect, it } from "vitest";
import { runProcessor } from "./__fixtures__/run-filter.ts";
import { repetitionPenalty } from "./repetition-penalty.ts";

it("the repetition penalty divides positive and multiplies negative scores of seen ids, once each", () => {
  // ids 0, 1 and 3 occurred (1 twice): 3 / 2 = 1.5, -1 * 2 = -2, 0 / 2 = 0; id 2 never did
  expect(runProcessor(repetitionPenalty(2), [3, -1, 5, 0], [1, 0, 1, 3])).toEqual([1.5, -2, 5, 0]);
});

it("a repetition penalty below 1 rewards repeats", () => {
  expect(runProcessor(repetitionPenalty(0.5), [3, -1], [0, 1])).toEqual([6, -0.5]);
});

it("the repetition penalty leaves forbidden ids forbidden", () => {
  expect(runProcessor(repetitionPenalty(1.3), [-Infinity, 1], [0])).toEqual([-Infinity, 1]);
});
