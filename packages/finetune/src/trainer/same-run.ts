import { CheckpointError } from "@baichuan2/model";
import type { OpenRun } from "./open-run.ts";
import type { TrainingArguments } from "./training-arguments.ts";

/** Arguments that decide which parameters are trained on which rows: a run goes on with the same ones. */
const SAME: readonly (keyof TrainingArguments)[] = [
  "use_lora",
  "lora_r",
  "lora_alpha",
  "lora_dropout",
  "lora_target_modules",
  "use_rslora",
  "base_dtype",
  "seed",
  "eval_split",
  "packing",
  "model_max_length",
  "per_device_train_batch_size",
  "gradient_accumulation_steps",
  "dataloader_drop_last",
];

/**
 * Refuses to go on from a checkpoint of a run with other parameters, data or batches: it would not be the same run.
 *
 * @param written.given - Arguments in the checkpoint.
 * @param written.rows - Its rows of training data.
 * @throws {CheckpointError} naming the argument.
 */
export function checkSameRun(
  { args, data }: Pick<OpenRun, "args" | "data">,
  { path, given, rows }: { readonly path: string; readonly given: unknown; readonly rows: number },
): void {
  const before = given as Readonly<Partial<TrainingArguments>> | undefined;
  for (const name of SAME) {
    const [old, now] = [before?.[name], args[name]].map((one) => JSON.stringify(one));
    if (old !== now) throw otherRun(path, `${name} ${now}`, old ?? "none");
  }
  if (rows !== data.train.length)
    throw otherRun(path, `${data.train.length} rows of training data`, String(rows));
}

function otherRun(path: string, expected: string, actual: string): CheckpointError {
  const hint = "go on with the arguments that it was begun with, or begin a new run";
  return new CheckpointError(path, `expected a run with ${expected}, got ${actual} (${hint})`);
}

/**
 * Checks that a file has exactly the tensors that are trained.
 *
 * @throws {CheckpointError} naming one that is missing, left over or of another size.
 */
export function checkSameTensors(
  { trained }: Pick<OpenRun, "trained">,
  path: string,
  tensors: ReadonlyMap<string, Float32Array>,
): void {
  for (const name of new Set([...trained.keys(), ...tensors.keys()])) {
    const [expected, actual] = [trained.get(name)?.length ?? 0, tensors.get(name)?.length ?? 0];
    if (expected !== actual)
      throw new CheckpointError(path, `expected ${expected} values, got ${actual}`, {
        tensor: name,
      });
  }
}
