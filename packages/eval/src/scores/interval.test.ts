import { describe, expect, it } from "vitest";
import { normalInterval, stratifiedInterval, wilsonInterval } from "./interval.ts";

const alike = (...values: number[]) => values.map((value) => ({ value, weight: 1 }));

describe("intervals", () => {
  it("are Wilson's for shares", () => {
    // 8 of 10; statsmodels proportion_confint(8, 10, method="wilson") = (0.490162, 0.943318)
    const { low, high } = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(49.0162, 4);
    expect(high).toBeCloseTo(94.3318, 4);
  });

  it("are not empty where all or none are right", () => {
    // none of 10: 0 to z²/(n + z²) = 3.8415 / 13.8415
    expect(wilsonInterval(0, 10)).toEqual({ low: 0, high: expect.closeTo(27.7533, 4) });
    expect(wilsonInterval(10, 10).low).toBeCloseTo(72.2467, 4);
    expect(wilsonInterval(10, 10).high).toBeCloseTo(100, 10);
  });

  it("are normal for means of other scores", () => {
    // mean 0.5, s² = (0.25 + 0 + 0.25) / 2 = 0.25, half = 1.96 · 0.5 / √3 = 0.5658, cut at 0 and 100
    expect(normalInterval(alike(0, 0.5, 1))).toEqual({ low: 0, high: 100 });
    // mean 0.5, s² = 4 · 0.01 / 3, half = 1.96 · 0.11547 / 2 = 0.11316
    const { low, high } = normalInterval(alike(0.4, 0.6, 0.4, 0.6))!;
    expect(low).toBeCloseTo(38.6841, 3);
    expect(high).toBeCloseTo(61.3159, 3);
    expect(normalInterval(alike(0.5))).toBeNull();
  });

  it("of unweighted means add the halves of their parts in squares", () => {
    // halves 3 and 4: √(9 + 16) / 2 = 2.5
    const parts = [
      { low: 47, high: 53 },
      { low: 56, high: 64 },
    ];
    expect(stratifiedInterval(55, parts)).toEqual({ low: 52.5, high: 57.5 });
    expect(stratifiedInterval(55, [...parts, null])).toBeNull();
    expect(stratifiedInterval(55, [])).toBeNull();
  });
});
