import { expect, it } from "vitest";
import type { FileFacts } from "../files/file-facts.ts";
import { planJob } from "./plan-job.ts";

const served = {
  name: "base",
  choose: (id: string) => ({ id, adapter: undefined }),
  takesAdapters: async () => true,
};

function planned(rows: number) {
  const facts: FileFacts = {
    id: "file-1",
    createdMs: 0,
    filename: "a.jsonl",
    purpose: "fine-tune",
    sizeBytes: 1,
    rows,
  };
  const request = { model: "base", training_file: "file-1" };
  return planJob(request, { served, files: { find: () => facts } });
}

it.each([
  [1, 25, 1], // at most 25 epochs
  [10, 10, 1], // 100 examples seen
  [33, 3, 1], // 3 · 33 = 99 is still too few: 100 / 33, rounded down
  [100, 3, 1],
  [500, 3, 5],
  [8000, 3, 8],
  [10_000, 2, 8], // 25 000 examples seen
  [100_000, 1, 8],
])(
  "a job with %i examples has %i epochs and batches of %i by itself",
  async (rows, epochs, batchSize) => {
    expect(await planned(rows)).toMatchObject({ epochs, batchSize, learningRateMultiplier: 1 });
  },
);

it("a job draws a seed, and names its model after itself", async () => {
  const [one, other] = [await planned(1), await planned(1)];
  expect(one.seed).not.toBe(other.seed);
  expect(one.adapter).toBe(`ft-${one.id.slice(-8)}`);
});
