import type { TrainingEvent } from "@baichuan2/finetune";
import { expect, it } from "vitest";
import { JobProgress } from "./job-progress.ts";

const length = { stepsPerEpoch: 5, totalSteps: 10, epochs: 2, warmupSteps: 0 };
const start: TrainingEvent = {
  type: "start",
  rows: 20,
  evaluationRows: 0,
  skipped: 1,
  length,
  step: 0,
  trainedParameters: 1,
  allParameters: 2,
};
const step = (at: number): TrainingEvent => {
  const facts = { loss: 1 / at, gradNorm: 1, tokens: 64, learningRate: 1e-4, seconds: 2 };
  return { type: "step", step: at, epoch: at / 5, ...facts };
};

it("the end of a job is estimated from the time that steps have taken", () => {
  const progress = new JobProgress();
  progress.take(start);
  expect(progress.estimatedFinishMs).toBeUndefined();
  for (const at of [1, 2, 3, 4]) progress.take(step(at));
  // 6 more steps of 2 s
  expect((progress.estimatedFinishMs ?? 0) - Date.now()).toBeCloseTo(12_000, -2);
});

it("checkpoints have the losses of their step, and three are kept", () => {
  const progress = new JobProgress();
  progress.take(start);
  let checkpoints = progress.withCheckpoint([], 1);
  for (const at of [2, 3, 4]) {
    progress.take(step(at));
    checkpoints = progress.withCheckpoint(checkpoints, at);
  }
  expect(checkpoints).toMatchObject([
    { step: 2, trainLoss: 1 / 2 },
    { step: 3, trainLoss: 1 / 3 },
    { step: 4, trainLoss: 1 / 4 },
  ]);
});

it("a step that is done again has one checkpoint", () => {
  const progress = new JobProgress();
  const before = progress.withCheckpoint(progress.withCheckpoint([], 2), 4);
  expect(progress.withCheckpoint(before, 4).map((one) => one.step)).toEqual([2, 4]);
});

it("a training that goes on says after which step", () => {
  expect(new JobProgress().take({ ...start, step: 4 })?.message).toBe(
    "Training goes on after step 4",
  );
});
