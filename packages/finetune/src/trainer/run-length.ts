import { TrainingArgumentError, type TrainingArguments } from "./training-arguments.ts";

/** How long a run is. */
export interface RunLength {
  /** Optimizer steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** Optimizer steps of the run. */
  readonly totalSteps: number;
  /** Epochs that are begun. */
  readonly epochs: number;
  readonly warmupSteps: number;
}

type LengthArguments = Pick<
  TrainingArguments,
  | "per_device_train_batch_size"
  | "gradient_accumulation_steps"
  | "num_train_epochs"
  | "max_steps"
  | "warmup_steps"
  | "warmup_ratio"
  | "dataloader_drop_last"
>;

/**
 * Steps as transformers' Trainer counts them: a last batch that is not full counts, and so does a last step whose batches
 * are not as many as the others'.
 *
 * @param rows - Rows of the training data.
 * @param processes - Processes that share each step's rows.
 * @throws {TrainingArgumentError} if not one batch is full, and only full ones count.
 */
export function runLength(args: LengthArguments, rows: number, processes = 1): RunLength {
  const rowsOfProcess = Math.ceil(rows / processes);
  const batches = rowsOfProcess / args.per_device_train_batch_size;
  const batchesPerEpoch = args.dataloader_drop_last ? Math.floor(batches) : Math.ceil(batches);
  if (batchesPerEpoch === 0)
    throw new TrainingArgumentError(
      "per_device_train_batch_size",
      `at most ${rowsOfProcess}, the rows there are, with dataloader_drop_last`,
      String(args.per_device_train_batch_size),
    );
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / args.gradient_accumulation_steps);
  const totalSteps =
    args.max_steps > 0 ? args.max_steps : Math.ceil(args.num_train_epochs * stepsPerEpoch);
  const warmupSteps =
    args.warmup_steps > 0 ? args.warmup_steps : Math.ceil(totalSteps * args.warmup_ratio);
  return { stepsPerEpoch, totalSteps, epochs: Math.ceil(totalSteps / stepsPerEpoch), warmupSteps };
}
