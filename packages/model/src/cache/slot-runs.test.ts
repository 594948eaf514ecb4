import { expect, it } from "vitest";
import { slotRuns } from "./slot-runs.ts";

it("slotRuns keeps the order and cuts where a slot does not follow", () => {
  expect(slotRuns([4, 5, 6, 2, 8, 9])).toEqual([4, 3, 2, 1, 8, 2]);
  expect(slotRuns([])).toEqual([]);
});
