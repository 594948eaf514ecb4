import { expect, it } from "vitest";
import { logSumExp } from "./log-sum-exp.ts";

it("the softmax's denominator of a worked example is the log of its sum", () => {
  // e^log 1 + e^log 2 + e^log 5 = 8
  expect(logSumExp(Float32Array.from([1, 2, 5], Math.log))).toBeCloseTo(Math.log(8), 6);
});

it("neither large nor forbidden logits spoil the denominator", () => {
  // 1000 + log 2; -Infinity is a probability of 0
  expect(logSumExp(Float32Array.of(1000, -Infinity, 1000))).toBeCloseTo(1000 + Math.log(2), 9);
});

it("logits that are no distribution have no denominator", () => {
  for (const logits of [
    [NaN, 1],
    [Infinity, 1],
    [-Infinity, -Infinity],
  ])
    expect(logSumExp(Float32Array.from(logits))).toBeNaN();
});
