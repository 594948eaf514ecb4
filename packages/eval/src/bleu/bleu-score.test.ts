import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bleuOfStatistics } from "./bleu-score.ts";

describe("bleuOfStatistics", () => {
  it("is the geometric mean of the precisions, less what is too short", () => {
    // 5/6, 3/5, 2/4, 1/3 of 6 words where 8 are right: exp(1 - 8/6) * (5/6 * 3/5 * 2/4 * 1/3)^(1/4) = 0.716531 * 0.537285
    const { score, brevityPenalty } = bleuOfStatistics([6, 8, 5, 3, 2, 1, 6, 5, 4, 3]);
    expect(brevityPenalty).toBeCloseTo(0.716531, 6);
    expect(score).toBeCloseTo(38.4981, 3);
  });

  it("halves the precision for each order without a match", () => {
    // of 4 words 2 match and no pair does: 2/4, then 1/2 of 3, 1/4 of 2, 1/8 of 1
    const { precisions } = bleuOfStatistics([4, 4, 2, 0, 0, 0, 4, 3, 2, 1]);
    expect(precisions).toEqual([50, 100 / 6, 100 / 8, 100 / 8]);
  });

  it("counts a tenth of a match where there is none, as floor", () => {
    const { precisions } = bleuOfStatistics([4, 4, 2, 0, 0, 0, 4, 3, 2, 1], { smoothing: "floor" });
    expect(precisions).toEqual([50, 100 * (0.1 / 3), 5, 10]);
  });

  it("adds one from pairs on, as add-k", () => {
    const bleu = bleuOfStatistics([4, 4, 2, 0, 0, 0, 4, 3, 2, 1], { smoothing: "add-k" });
    expect(bleu.counts).toEqual([2, 1, 1, 1]);
    expect(bleu.precisions).toEqual([50, 25, 100 / 3, 50]);
  });

  it("is 0 without a match, whatever the smoothing", () => {
    const none = [4, 4, 0, 0, 0, 0, 4, 3, 2, 1];
    expect(bleuOfStatistics(none, { smoothing: "add-k" }).score).toBe(0);
    expect(bleuOfStatistics([0, 9, 0, 0, 0, 0, 0, 0, 0, 0]).brevityPenalty).toBe(0);
  });

  it("is 0 for three words unless the effective order leaves sequences of four out", () => {
    const three = [3, 3, 3, 2, 1, 0, 3, 2, 1, 0];
    expect(bleuOfStatistics(three).score).toBe(0);
    expect(bleuOfStatistics(three, { effectiveOrder: true }).score).toBeCloseTo(100, 9);
  });

  it("is 0 to 100", () => {
    const matches = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30));
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), matches, (length, more, counts) => {
        const totals = [0, 1, 2, 3].map((less) => Math.max(0, length - less));
        const clipped = counts.map((count, index) => Math.min(count, totals[index] ?? 0));
        const { score } = bleuOfStatistics([length, more, ...clipped, ...totals]);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100 + 1e-9);
      }),
    );
  });
});
