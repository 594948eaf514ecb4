import { describe, expect, it } from "vitest";
import { mcnemarP } from "./mcnemar.ts";

describe("the exact McNemar test", () => {
  it("sums up the tail of the binomial distribution", () => {
    // 2 · (1 + 10 + 45) / 1024
    expect(mcnemarP(2, 8)).toBeCloseTo(0.109375, 12);
    // 2 / 2^10
    expect(mcnemarP(0, 10)).toBeCloseTo(2 / 1024, 12);
    // 2 · (1 + 25 + 300 + 2300 + 12650 + 53130 + 177100) / 2^25
    expect(mcnemarP(6, 19)).toBeCloseTo((2 * 245_506) / 2 ** 25, 12);
  });

  it("does not tell left from right", () => {
    expect(mcnemarP(8, 2)).toBe(mcnemarP(2, 8));
  });

  it("sees nothing in equal numbers, and in none", () => {
    expect(mcnemarP(5, 5)).toBe(1);
    expect(mcnemarP(0, 0)).toBe(1);
  });

  it("holds for thousands of samples", () => {
    // Normal approximation with continuity: z = (|b - c| - 1) / √(b + c) = 99 / √10100 = 0.98509, p = 0.3246
    expect(mcnemarP(5000, 5100)).toBeCloseTo(0.3246, 3);
    expect(mcnemarP(4000, 6000)).toBeGreaterThan(0);
    expect(mcnemarP(4000, 6000)).toBeLessThan(1e-80);
  });
});
