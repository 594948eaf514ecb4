import { z } from "zod";
import { describeIssue } from "../describe-issue.ts";
import { SCHEDULES } from "../optim/schedule.ts";

/** A number of the command line is text. */
const number = z.coerce.number();
const count = number.int().min(0);
const positive = number.int().min(1);
const share = number.min(0).max(1);
/** A share that is not all. */
const part = number.min(0).lt(1);

/** "True" and "False" as Python's HfArgumentParser takes them; a flag alone is true. */
const flag = z.preprocess((value) => {
  if (typeof value !== "string") return value;
  const text = value.toLowerCase();
  if (["true", "yes", "y", "1", ""].includes(text)) return true;
  return ["false", "no", "n", "0"].includes(text) ? false : value;
}, z.boolean());

const names = z.preprocess(
  (value) => (typeof value === "string" ? value.split(",").map((name) => name.trim()) : value),
  z.array(z.string().min(1)).min(1),
);

/**
 * Arguments of a training run, named as the original's command line names them; defaults are those of fine-tune.py and of
 * transformers' TrainingArguments.
 */
export const trainingArguments = z.strictObject({
  // Model and data
  model_name_or_path: z.string().min(1),
  data_path: z.string().min(1),
  eval_data_path: z.string().min(1).optional(),
  eval_split: part.default(0),
  output_dir: z.string().min(1),
  model_max_length: positive.default(512),
  packing: flag.default(false),

  // Length of the run
  num_train_epochs: number.positive().default(3),
  max_steps: number.int().default(-1),
  per_device_train_batch_size: positive.default(8),
  per_device_eval_batch_size: positive.default(8),
  gradient_accumulation_steps: positive.default(1),

  // Optimizer
  learning_rate: number.positive().default(5e-5),
  lr_scheduler_type: z.enum(SCHEDULES).default("linear"),
  warmup_ratio: share.default(0),
  warmup_steps: count.default(0),
  adam_beta1: part.default(0.9),
  adam_beta2: part.default(0.999),
  adam_epsilon: number.positive().default(1e-8),
  weight_decay: number.min(0).default(0),
  decay_norms: flag.default(false),
  max_grad_norm: number.min(0).default(1),
  loss_normalization: z.enum(["batches", "tokens"]).default("batches"),
  z_loss_weight: number.min(0).optional(),
  optim: z.enum(["adamw_torch"]).default("adamw_torch"),

  // What is trained
  use_lora: flag.default(false),
  lora_r: positive.default(1),
  lora_alpha: number.positive().default(32),
  lora_dropout: part.default(0.1),
  lora_target_modules: names.default(["W_pack"]),
  use_rslora: flag.default(false),
  base_dtype: z.enum(["auto", "float32", "nf4", "int8", "int4"]).default("auto"),

  // How it is computed
  gradient_checkpointing: flag.default(true),
  bf16: flag.default(false),
  tf32: flag.default(false),
  deepspeed: z.string().min(1).optional(),
  dataloader_drop_last: flag.default(false),
  seed: count.max(0xffffffff).default(42),

  // What is written
  logging_steps: positive.default(500),
  save_strategy: z.enum(["epoch", "steps", "no"]).default("steps"),
  save_steps: positive.default(500),
  save_total_limit: positive.optional(),
  report_to: z.enum(["none", "tensorboard", "wandb"]).default("none"),
  evaluation_strategy: z.enum(["epoch", "steps", "no"]).default("no"),
  eval_steps: positive.optional(),
  early_stopping_patience: positive.optional(),
  early_stopping_threshold: number.min(0).default(0),
  load_best_model_at_end: flag.default(false),
  overwrite_output_dir: flag.default(false),
  resume_from_checkpoint: z.union([flag, z.string().min(1)]).optional(),
});

/** Newer names of arguments in transformers, which are taken as well. */
export const newerNames = { eval_strategy: "evaluation_strategy" } as const;

const RENAMED: Readonly<Record<string, string>> = newerNames;

/** Arguments with all defaults filled in. */
export type TrainingArguments = Readonly<z.infer<typeof trainingArguments>>;

/** An argument that cannot be used. */
export class TrainingArgumentError extends Error {
  override readonly name = "TrainingArgumentError";
  readonly code = "ERR_TRAINING_ARGUMENT";
  /** Its name, in snake case. */
  readonly argument: string;

  constructor(argument: string, expected: string, actual: string) {
    super(`${argument}: expected ${expected}, got ${actual}`);
    this.argument = argument;
  }
}

/**
 * Checks arguments and fills in defaults.
 *
 * @param given - By name, in snake_case or kebab-case; values may be text, as a command line has them.
 * @throws {TrainingArgumentError} for the first that is missing, unknown or cannot be used.
 */
export function parseTrainingArguments(
  given: Readonly<Record<string, unknown>>,
): TrainingArguments {
  const snake = Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const known = name.replaceAll("-", "_");
      return [RENAMED[known] ?? known, value];
    }),
  );
  const parsed = trainingArguments.safeParse(snake);
  if (!parsed.success) throw argumentError(parsed.error, snake);
  checkTogether(parsed.data);
  return parsed.data;
}

function argumentError(error: z.ZodError, given: Readonly<Record<string, unknown>>): Error {
  const [issue] = error.issues;
  if (issue?.code === "unrecognized_keys") {
    const known = Object.keys(trainingArguments.shape).join(", ");
    return new TrainingArgumentError(issue.keys[0] ?? "", `one of ${known}`, "another name");
  }
  const name = String(issue?.path[0] ?? "");
  const value = given[name];
  const actual = value === undefined ? "nothing" : JSON.stringify(value);
  return new TrainingArgumentError(name, describeIssue(issue).expected, actual);
}

function checkTogether(args: TrainingArguments): void {
  if (args.eval_split > 0 && args.eval_data_path !== undefined)
    throw new TrainingArgumentError("eval_split", "no split beside eval_data_path", "both");
  const evaluates = args.eval_split > 0 || args.eval_data_path !== undefined;
  if (args.evaluation_strategy !== "no" && !evaluates)
    throw new TrainingArgumentError("evaluation_strategy", "eval_split or eval_data_path", "none");
  if (args.early_stopping_patience !== undefined && args.evaluation_strategy === "no")
    throw new TrainingArgumentError("early_stopping_patience", "an evaluation_strategy", '"no"');
  checkBest(args);
  if (args.base_dtype !== "auto" && !args.use_lora)
    throw new TrainingArgumentError("base_dtype", '"auto" without use_lora', args.base_dtype);
  if (args.packing && args.model_max_length < 2)
    throw new TrainingArgumentError("packing", "a model_max_length of at least 2", "1");
}

/** The best model can only be loaded if it was written when it was evaluated. */
function checkBest(args: TrainingArguments): void {
  if (!args.load_best_model_at_end) return;
  const { evaluation_strategy: evaluation, save_strategy: save } = args;
  if (evaluation === "no" || evaluation !== save)
    throw new TrainingArgumentError(
      "load_best_model_at_end",
      "an evaluation_strategy that is the save_strategy",
      `"${evaluation}" and "${save}"`,
    );
  const interval = args.eval_steps ?? args.logging_steps;
  if (save === "steps" && args.save_steps % interval !== 0)
    throw new TrainingArgumentError(
      "save_steps",
      `a multiple of eval_steps (${interval}) with load_best_model_at_end`,
      String(args.save_steps),
    );
}
