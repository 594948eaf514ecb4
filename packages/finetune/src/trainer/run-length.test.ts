import { expect, it } from "vitest";
import { runLength } from "./run-length.ts";

const args = {
  per_device_train_batch_size: 16,
  gradient_accumulation_steps: 1,
  num_train_epochs: 4,
  max_steps: -1,
  warmup_steps: 0,
  warmup_ratio: 0,
  dataloader_drop_last: false,
};

it("10,000 rows on 8 processes are 79 steps an epoch and 316 in all, as in the original", () => {
  expect(runLength(args, 10_000, 8)).toEqual({
    stepsPerEpoch: 79,
    totalSteps: 316,
    epochs: 4,
    warmupSteps: 0,
  });
});

it("a last batch and a last step that are not full count, unless they are dropped", () => {
  const accumulated = { ...args, gradient_accumulation_steps: 4, num_train_epochs: 1 };
  expect(runLength(accumulated, 130).stepsPerEpoch).toBe(3); // 9 batches
  expect(runLength({ ...accumulated, dataloader_drop_last: true }, 130).stepsPerEpoch).toBe(2);
});

it("max_steps counts instead of epochs, warmup_steps instead of the ratio", () => {
  const { totalSteps, epochs, warmupSteps } = runLength(
    { ...args, max_steps: 25, warmup_ratio: 0.1 },
    160,
  );
  expect([totalSteps, epochs, warmupSteps]).toEqual([25, 3, 3]);
  expect(runLength({ ...args, warmup_steps: 7, warmup_ratio: 0.1 }, 160).warmupSteps).toBe(7);
});
