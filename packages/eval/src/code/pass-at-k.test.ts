import { describe, expect, it } from "vitest";
import { passAtK } from "./pass-at-k.ts";

describe("passAtK", () => {
  it("estimates a worked example", () => {
    // n = 5, c = 2, k = 2: 1 - C(3, 2) / C(5, 2) = 1 - 3 / 10
    expect(passAtK(5, 2, 2)).toBeCloseTo(0.7, 12);
  });

  it("is 1 when too few fail, and 0 when all do", () => {
    expect(passAtK(10, 8, 5)).toBe(1);
    expect(passAtK(10, 0, 10)).toBe(0);
  });

  it("is the part that passes for k = 1", () => {
    for (let n = 1; n <= 60; n++)
      for (let c = 0; c <= n; c++) expect(passAtK(n, c, 1)).toBeCloseTo(c / n, 12);
  });

  it("refuses a k beyond n", () => {
    expect(() => passAtK(5, 5, 10)).toThrow("passAtK: expected k of at most n = 5, got 10");
  });
});
