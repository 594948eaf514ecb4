import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTrainingArguments } from "@baichuan2/finetune/arguments";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ServedModel } from "../engine/served-model.ts";
import { jobRecord } from "./__fixtures__/job-record.ts";
import { jobArguments } from "./job-arguments.ts";
import type { JobRecord } from "./job-record.ts";

let outputDir: string;
beforeAll(async () => {
  outputDir = await mkdtemp(join(tmpdir(), "baichuan2-arguments-"));
});
afterAll(() => rm(outputDir, { recursive: true }));

const model = { path: "/model", dtype: "nf4", config: { modelMaxLength: 4096 } };
const served = { model } as unknown as ServedModel;

async function argumentsOf(change: Partial<JobRecord>, rows: number) {
  const files = {
    contentPath: ({ id }: { readonly id: string }) => `/files/${id}.jsonl`,
    find: () => ({ rows }),
  };
  const record = { ...jobRecord, ...change };
  return parseTrainingArguments(await jobArguments({ record, outputDir }, { served, files }));
}

it("a job trains an adapter against the numbers that are served", async () => {
  const args = await argumentsOf({ learningRateMultiplier: 0.5 }, 100);
  expect(args).toMatchObject({
    model_name_or_path: "/model",
    base_dtype: "nf4",
    model_max_length: 4096,
    use_lora: true,
    learning_rate: 1e-4,
    num_train_epochs: 3,
    evaluation_strategy: "no",
  });
  expect(args.resume_from_checkpoint).toBeUndefined();
});

it.each([
  [4, 4, 1],
  [32, 8, 4],
  [12, 6, 2],
  [11, 1, 11],
])("batches of %i are computed in pieces of %i", async (batchSize, rows, pieces) => {
  expect(await argumentsOf({ batchSize }, 100)).toMatchObject({
    per_device_train_batch_size: rows,
    gradient_accumulation_steps: pieces,
  });
});

it("checkpoints come with each epoch, and within long ones", async () => {
  expect((await argumentsOf({ batchSize: 4 }, 10)).save_steps).toBe(3);
  expect((await argumentsOf({ batchSize: 4 }, 1000)).save_steps).toBe(20);
});

it("a job with a validation file evaluates it after each epoch", async () => {
  const args = await argumentsOf({ validationFile: "file-v" }, 10);
  expect(args).toMatchObject({
    eval_data_path: "/files/file-v.jsonl",
    evaluation_strategy: "epoch",
  });
});

it("a job that has a checkpoint goes on from it", async () => {
  await mkdir(join(outputDir, "checkpoint-20"));
  expect((await argumentsOf({}, 10)).resume_from_checkpoint).toBe(true);
});
