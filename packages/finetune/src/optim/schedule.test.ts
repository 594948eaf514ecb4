import { readFileSync } from "node:fs";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import { describe, expect, it } from "vitest";
import { learningRateFactor, type ScheduleName } from "./schedule.ts";

describeShared("schedules of transformers", "model/train/lr_schedules.json", () => {
  interface Golden {
    readonly base_lr: number;
    readonly schedules: Readonly<Record<string, readonly number[]>>;
  }
  const golden = JSON.parse(
    readFileSync(sharedData("model/train/lr_schedules.json"), "utf8"),
  ) as Golden;
  it.each(Object.entries(golden.schedules))("%s", (title, rates) => {
    const [, name, warmup, total] = /^(\w+)\.warm(\d+)\.total(\d+)$/.exec(title) ?? [];
    const schedule = {
      name: name as ScheduleName,
      warmupSteps: Number(warmup),
      totalSteps: Number(total),
    };
    for (const [step, rate] of rates.entries())
      expect(golden.base_lr * learningRateFactor(schedule, step)).toBeCloseTo(rate, 17);
  });
});

describe("learningRateFactor", () => {
  it("rises to 1 in the warm-up and ends at 0", () => {
    const schedule = { name: "linear", warmupSteps: 2, totalSteps: 6 } as const;
    const factors = [0, 1, 2, 4, 6].map((step) => learningRateFactor(schedule, step));
    expect(factors).toEqual([0, 0.5, 1, 0.5, 0]);
  });

  it("is 1 for ever in a constant schedule, whatever the warm-up", () => {
    const schedule = { name: "constant", warmupSteps: 9, totalSteps: 10 } as const;
    expect([0, 5, 100].map((step) => learningRateFactor(schedule, step))).toEqual([1, 1, 1]);
  });
});
