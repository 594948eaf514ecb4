import { CheckpointError, readJsonFile } from "@baichuan2/model";
import { z } from "zod";
import { describeIssue } from "../describe-issue.ts";
import { TrainingArgumentError, type TrainingArguments } from "./training-arguments.ts";

const size = z.union([z.literal("auto"), z.int().min(1)]).optional();
const either = z.union([z.literal("auto"), z.boolean()]).optional();

const value = z.union([z.literal("auto"), z.number()]).optional();

const optimizerParams = z.looseObject({
  lr: value,
  eps: value,
  weight_decay: value,
  betas: z.union([z.literal("auto"), z.tuple([z.number(), z.number()])]).optional(),
});

/** What of DeepSpeed's configuration says something about a run; other keys tune communication and profiling. */
const schema = z.looseObject({
  train_batch_size: size,
  train_micro_batch_size_per_gpu: size,
  gradient_accumulation_steps: size,
  gradient_clipping: z.union([z.literal("auto"), z.number().min(0)]).optional(),
  bf16: z.looseObject({ enabled: either }).optional(),
  fp16: z.looseObject({ enabled: either }).optional(),
  zero_optimization: z.looseObject({ stage: z.int().min(0).max(3).default(0) }).optional(),
  optimizer: z.looseObject({ type: z.string(), params: optimizerParams.optional() }).optional(),
  scheduler: z.looseObject({ type: z.string() }).optional(),
});

/** What a run takes from DeepSpeed's configuration. */
export interface DeepSpeedConfig {
  /** ZeRO: 1 shares out the optimizer's state, 2 the gradients too, 3 the parameters too. */
  readonly zeroStage: 0 | 1 | 2 | 3;
}

/**
 * Reads ds_config.json as transformers does: "auto" stands for the run's argument, and a number has to be equal to it.
 *
 * @param processes - Processes that share each step.
 * @throws {CheckpointError} if there is no such file, or it is none.
 * @throws {TrainingArgumentError} where it contradicts an argument, or asks for float16, or another optimizer or schedule.
 */
export async function readDeepSpeedConfig(
  path: string,
  args: TrainingArguments,
  processes = 1,
): Promise<DeepSpeedConfig> {
  const json = await readJsonFile(path);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw unreadable(path, json, parsed.error);
  const config = parsed.data;
  for (const [key, argument, expected] of pairs(args, processes)) {
    const given = key.split(".").reduce<unknown>(member, config);
    if (given !== undefined && given !== "auto" && given !== expected)
      throw new TrainingArgumentError(
        argument,
        `${JSON.stringify(given)}, as ${key} in ${path} ("auto" takes the argument)`,
        JSON.stringify(expected),
      );
  }
  refuseOthers(path, config);
  return { zeroStage: (config.zero_optimization?.stage ?? 0) as DeepSpeedConfig["zeroStage"] };
}

type Content = z.infer<typeof schema>;

function unreadable(path: string, json: unknown, { issues: [issue] }: z.ZodError): CheckpointError {
  if (json === undefined)
    return new CheckpointError(path, "expected a configuration of DeepSpeed, got no file");
  const { expected, actual } = describeIssue(issue);
  const where = issue?.path.join(".") || "its content";
  return new CheckpointError(path, `expected ${expected} for ${where}, got ${actual}`);
}

/** Keys that repeat an argument: key, argument, value. */
function pairs(
  args: TrainingArguments,
  processes: number,
): readonly (readonly [string, string, unknown])[] {
  const micro = args.per_device_train_batch_size;
  const accumulation = args.gradient_accumulation_steps;
  return [
    ["train_micro_batch_size_per_gpu", "per_device_train_batch_size", micro],
    ["gradient_accumulation_steps", "gradient_accumulation_steps", accumulation],
    ["train_batch_size", "per_device_train_batch_size", micro * accumulation * processes],
    ["gradient_clipping", "max_grad_norm", args.max_grad_norm],
    ["bf16.enabled", "bf16", args.bf16],
    ["optimizer.params.lr", "learning_rate", args.learning_rate],
    ["optimizer.params.eps", "adam_epsilon", args.adam_epsilon],
    ["optimizer.params.weight_decay", "weight_decay", args.weight_decay],
    ["optimizer.params.betas.0", "adam_beta1", args.adam_beta1],
    ["optimizer.params.betas.1", "adam_beta2", args.adam_beta2],
  ];
}

function member(value: unknown, key: string): unknown {
  // Of "auto" every part is "auto".
  return value === "auto" ? value : (value as Readonly<Record<string, unknown>> | undefined)?.[key];
}

function refuseOthers(path: string, { fp16, optimizer, scheduler }: Content): void {
  if (fp16?.enabled === true)
    throw new TrainingArgumentError("deepspeed", `no fp16 in ${path}`, "fp16.enabled true");
  if (optimizer && optimizer.type !== "AdamW")
    throw new TrainingArgumentError("deepspeed", `AdamW in ${path}`, optimizer.type);
  if (scheduler)
    throw new TrainingArgumentError(
      "deepspeed",
      `no scheduler in ${path} (use lr_scheduler_type)`,
      scheduler.type,
    );
}
