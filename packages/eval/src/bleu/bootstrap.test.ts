import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sacrebleu, toBleuOptions } from "./__fixtures__/sacrebleu.ts";
import { bleuInterval, pairedBootstrap } from "./bootstrap.ts";
import { corpusStatistics } from "./corpus-bleu.ts";

/** sacreBLEU computes precisions of resamples in float32. */
const FLOAT32_DIGITS = 4;

const statisticsOf = (lines: string[], tokenize?: "13a" | "char") =>
  corpusStatistics(lines, sacrebleu.references.slice(0, 2), { tokenize });

describe("bleuInterval", () => {
  it("has no width where all sentences are alike", () => {
    const statistics = Array.from({ length: 5 }, () => [6, 6, 5, 3, 2, 1, 6, 5, 4, 3]);
    const { score, mean, halfWidth } = bleuInterval(statistics, { resamples: 40 });
    expect(score).toBeCloseTo(53.7285, 4);
    expect(mean).toBeCloseTo(score, 9);
    expect(halfWidth).toBe(0);
  });

  it("depends on the seed alone, and lies around the score", () => {
    const statistics = statisticsOf(sacrebleu.system);
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (seed) => {
        const interval = bleuInterval(statistics, { resamples: 100, seed });
        expect(bleuInterval(statistics, { resamples: 100, seed })).toEqual(interval);
        expect(Math.abs(interval.mean - interval.score)).toBeLessThan(interval.halfWidth);
      }),
      { numRuns: 10 },
    );
  });

  it("refuses to resample nothing", () => {
    expect(() => bleuInterval([])).toThrow(
      "bootstrap: expected sentences, and a resample of them, got 0 sentences, 1000 resamples",
    );
  });
});

describe("pairedBootstrap", () => {
  it.each(sacrebleu.bootstrap)("tells what sacreBLEU tells with $options", (golden) => {
    const options = toBleuOptions(golden.options);
    const tokenize = options.tokenize === "char" ? "char" : "13a";
    const ours = pairedBootstrap(
      statisticsOf(sacrebleu.baseline, tokenize),
      statisticsOf(sacrebleu.system, tokenize),
      options,
    );
    expect(ours.pValue).toBeCloseTo(golden.pValue, 9);
    for (const system of ["baseline", "system"] as const)
      for (const part of ["score", "mean", "halfWidth"] as const)
        expect(ours[system][part]).toBeCloseTo(golden[system][part], FLOAT32_DIGITS);
  });

  it("has the smallest value for a system that is always better by as much", () => {
    const worse = Array.from({ length: 9 }, () => [6, 6, 5, 3, 2, 1, 6, 5, 4, 3]);
    const better = worse.map(() => [6, 6, 6, 5, 4, 3, 6, 5, 4, 3]);
    expect(pairedBootstrap(worse, better, { resamples: 99 }).pValue).toBe(1 / 100);
  });

  it("refuses systems of different length", () => {
    const one = [[6, 6, 5, 3, 2, 1, 6, 5, 4, 3]];
    expect(() => pairedBootstrap(one, [...one, ...one])).toThrow(
      "pairedBootstrap: expected 1 sentences of the second system, got 2",
    );
  });
});
