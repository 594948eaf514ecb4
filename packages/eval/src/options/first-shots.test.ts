import { expect, it } from "vitest";
import { firstShots } from "./first-shots.ts";

it("firstShots takes the first examples, and says how many there are where that is too few", () => {
  expect(firstShots(["a", "b", "c"], 2, "dev.csv")).toEqual(["a", "b"]);
  expect(firstShots(["a"], 0, "dev.csv")).toEqual([]);
  expect(() => firstShots(["a", "b"], 3, "dev.csv")).toThrow(
    "dev.csv: expected 3 examples, got 2 (ask for 0 to 2 shots)",
  );
  expect(() => firstShots(["a", "b"], -1, "dev.csv")).toThrow("expected -1 examples, got 2");
  expect(() => firstShots(["a", "b"], 1.5, "dev.csv")).toThrow("expected 1.5 examples, got 2");
  expect(() => firstShots([], 1, "table.csv", "lsat-ar")).toThrow("1 examples for lsat-ar");
});
