import { describe, expect, it } from "vitest";
import { bootstrap, bootstrapP, percentileInterval, resamplesOf } from "./bootstrap.ts";
import { meanOf } from "./interval.ts";

const values = Array.from({ length: 100 }, (_, i) => i);

describe("bootstrap", () => {
  it("gives the same numbers for the same seed and stream, and others for others", () => {
    const draw = (seed: number, stream: number) =>
      bootstrap(values, meanOf, { seed, stream, resamples: 5 });
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(1, 3));
    expect(draw(1, 2)).not.toEqual(draw(2, 2));
  });

  it("finds the interval of a mean", () => {
    // s = 29.01, so z s / √n = 5.69
    const { low, high } = percentileInterval(bootstrap(values, meanOf, { seed: 1, stream: 1 }));
    expect(low).toBeGreaterThan(49.5 - 7);
    expect(low).toBeLessThan(49.5 - 4.5);
    expect(high).toBeGreaterThan(49.5 + 4.5);
    expect(high).toBeLessThan(49.5 + 7);
  });

  it("draws less often where there is more to draw", () => {
    expect([10, 200, 1000, 10_000].map(resamplesOf)).toEqual([1000, 1000, 200, 100]);
  });

  it("finds how probable a difference is", () => {
    // 1 of 99 lies below 0: 2 · (1 + 1) / 100
    expect(bootstrapP([-1, ...values.slice(2)])).toBeCloseTo(0.04, 10);
    expect(bootstrapP([0, 0, 0])).toBe(1);
  });
});
