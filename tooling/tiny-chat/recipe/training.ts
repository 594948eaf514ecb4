import { join } from "node:path";
import { parseTrainingArguments, type TrainingArguments } from "@baichuan2/finetune";

/** All draws of the recipe. */
export const SEED = 20_261_128;

/** Conversations in the training data: 1.6 million tokens, which the training sees once. */
export const CONVERSATIONS = 36_000;

/** Names of what a run has in its folder. */
export const runFiles = {
  tokenizer: "tokenizer.model",
  data: "conversations.json",
  first: "first",
  trained: "trained",
} as const;

/**
 * Arguments of the training, as the command line of a fine-tuning has them: rows of 256 tokens that are packed with whole
 * conversations, four a step; a mean over all labels, as rows have different numbers of them.
 *
 * @param folder - Of the run.
 * @param resumes - Whether it has checkpoints to go on from.
 */
export function trainingArguments(
  folder: string,
  { steps, resumes }: { readonly steps: number; readonly resumes: boolean },
): TrainingArguments {
  return parseTrainingArguments({
    model_name_or_path: join(folder, runFiles.first),
    data_path: join(folder, runFiles.data),
    output_dir: join(folder, runFiles.trained),
    model_max_length: 256,
    packing: true,
    per_device_train_batch_size: 4,
    max_steps: steps,
    learning_rate: 2e-3,
    lr_scheduler_type: "cosine",
    warmup_steps: 100,
    adam_beta2: 0.98,
    weight_decay: 0.1,
    max_grad_norm: 1,
    loss_normalization: "tokens",
    gradient_checkpointing: false,
    bf16: true,
    seed: SEED,
    logging_steps: 50,
    save_steps: 250,
    save_total_limit: 1,
    resume_from_checkpoint: resumes,
  });
}
