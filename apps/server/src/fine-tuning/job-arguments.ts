import { readdir } from "node:fs/promises";
import type { ServedModel } from "../engine/served-model.ts";
import type { FileFacts } from "../files/file-facts.ts";
import type { FileStore } from "../files/file-store.ts";
import type { Job } from "./job.ts";
import type { JobRecord } from "./job-record.ts";

/**
 * Learning rate that `learning_rate_multiplier` multiplies: what the papers on LoRA (Hu et al. 2021, https://arxiv.org/abs/2106.09685)
 * and QLoRA (Dettmers et al. 2023, https://arxiv.org/abs/2305.14314; up to 13B) trained adapters with, ten times what the original
 * tunes a whole model with.
 */
export const LEARNING_RATE = 2e-4;

/** Adapters of jobs: rank 8 on the fused queries, keys and values, `y + 2 · B · A · x`. */
const LORA = {
  use_lora: true,
  lora_r: 8,
  lora_alpha: 16,
  lora_dropout: 0.05,
  lora_target_modules: "W_pack",
} as const;

/** Rows of a batch that are computed together; more are summed up, which takes no more memory. */
const MOST_ROWS = 8;

/** Most steps between checkpoints: what a job that is interrupted may have to do again. */
const MOST_STEPS = 20;

/** Checkpoints that are kept, as many as OpenAI keeps. */
export const KEPT_CHECKPOINTS = 3;

/** What tells the arguments of a job. */
interface ArgumentSources {
  readonly served: ServedModel;
  readonly files: Pick<FileStore, "contentPath"> & {
    readonly find: (id: string) => Pick<FileFacts, "rows"> | undefined;
  };
}

/** Arguments of a job's training, as `parseTrainingArguments` takes them; it goes on from the last checkpoint, if there is one. */
export async function jobArguments(
  { record, outputDir }: Pick<Job, "record" | "outputDir">,
  { served, files }: ArgumentSources,
): Promise<Readonly<Record<string, unknown>>> {
  const { trainingFile, validationFile, batchSize } = record;
  const rowsAtOnce = largestDivisor(batchSize, MOST_ROWS);
  return {
    model_name_or_path: served.model.path,
    base_dtype: served.model.dtype, // trained against the numbers that it will be used with
    model_max_length: served.model.config.modelMaxLength,
    data_path: files.contentPath({ id: trainingFile }),
    ...(validationFile !== null && {
      eval_data_path: files.contentPath({ id: validationFile }),
      evaluation_strategy: "epoch",
    }),
    output_dir: outputDir,
    ...LORA,
    num_train_epochs: record.epochs,
    per_device_train_batch_size: rowsAtOnce,
    gradient_accumulation_steps: batchSize / rowsAtOnce,
    loss_normalization: "tokens", // a batch is one, however many rows are computed at once
    learning_rate: LEARNING_RATE * record.learningRateMultiplier,
    seed: record.seed,
    logging_steps: 1,
    save_steps: stepsBetweenCheckpoints(record, files.find(trainingFile)?.rows ?? 1),
    save_total_limit: KEPT_CHECKPOINTS,
    ...((await hasCheckpoint(outputDir)) && { resume_from_checkpoint: true }),
  };
}

/** An epoch, if that is not too long. */
function stepsBetweenCheckpoints({ batchSize }: JobRecord, rows: number): number {
  return Math.min(MOST_STEPS, Math.ceil(rows / batchSize));
}

function largestDivisor(value: number, most: number): number {
  for (let divisor = Math.min(value, most); divisor > 1; divisor--)
    if (value % divisor === 0) return divisor;
  return 1;
}

/** Whether a training can go on from somewhere. */
async function hasCheckpoint(outputDir: string): Promise<boolean> {
  const names = await readdir(outputDir).catch(() => []);
  return names.some((name) => /^checkpoint-\d+$/.test(name));
}
