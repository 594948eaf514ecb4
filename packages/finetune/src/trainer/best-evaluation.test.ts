import { expect, it } from "vitest";
import { bestEvaluation } from "./best-evaluation.ts";

const log = (...losses: number[]) => [
  { loss: 9, step: 1 },
  ...losses.map((eval_loss, i) => ({ eval_loss, step: i + 1 })),
];

it("is none while nothing was evaluated", () => {
  expect(bestEvaluation([{ loss: 1, step: 1 }])).toBeUndefined();
});

it("is the lowest loss, with the evaluations since", () => {
  expect(bestEvaluation(log(3, 2, 2.5, 2))).toEqual({ loss: 2, step: 2, since: 2 });
});

it("counts small improvements as none with a threshold, but knows the best all the same", () => {
  // 2 is better than 3 by 1; 1.9 and 1.8 are better than the best before by 0.1 each
  expect(bestEvaluation(log(3, 2, 1.9, 1.8), 0.5)).toEqual({ loss: 1.8, step: 4, since: 2 });
});
