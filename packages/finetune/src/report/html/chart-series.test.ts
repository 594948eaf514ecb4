import { describe, expect, it } from "vitest";
import type { ReportRow } from "../report-row.ts";
import { smooth, summarizeLog, thin } from "./chart-series.ts";

describe("thin", () => {
  it("takes the mean of as many points as stand for one", () => {
    const points = { x: [1, 2, 3, 4, 5], y: [1, 3, 5, 7, 9] };
    // 5 points for at most 3: two at a time, and one that is left
    expect(thin(points, 3)).toEqual({ x: [2, 4, 5], y: [2, 6, 9] });
    expect(thin(points, 5)).toEqual(points);
  });
});

describe("smooth", () => {
  it("weighs what is behind with a power of its distance", () => {
    const y = Array.from({ length: 20 }, (_, i) => (i === 0 ? 3 : 0));
    const { y: smoothed } = smooth({ x: y.map((_, i) => i), y });
    // a = 2/3: 3, then 3 · 2/3 / (1 + 2/3) = 1.2, then 3 · 4/9 / (1 + 2/3 + 4/9) = 12/19
    expect(smoothed.slice(0, 3)).toEqual([3, expect.closeTo(1.2, 12), expect.closeTo(12 / 19, 12)]);
  });

  it("leaves a constant as it is, and short lines out", () => {
    const y = Array.from({ length: 200 }, () => 0.7);
    const smoothed = smooth({ x: y.map((_, i) => i), y });
    for (const value of smoothed.y) expect(value).toBeCloseTo(0.7, 12);
    expect(smooth({ x: [1], y: [1] })).toEqual({ x: [], y: [] });
  });
});

describe("summarizeLog", () => {
  it("sums tokens and time over all steps and passes over numbers that are none", async () => {
    const step = { type: "step", epoch: 0.5, loss: 2, learning_rate: 1, grad_norm: 1 };
    async function* rows(): AsyncGenerator<ReportRow> {
      yield { ...step, step: 1, tokens: 10, seconds: 2 };
      yield { type: "log", step: 1, loss: 9 };
      yield { ...step, step: 2, tokens: 20, seconds: 3, loss: "none" };
      yield { type: "stop", step: 2, patience: 3, best_loss: 0.5, best_step: 1 };
    }
    expect(await summarizeLog(rows())).toMatchObject({
      loss: { x: [1], y: [2] },
      gradNorm: { x: [1, 2] },
      steps: 2,
      tokens: 30,
      seconds: 5,
      stop: { patience: 3, bestLoss: 0.5, bestStep: 1 },
    });
  });
});
