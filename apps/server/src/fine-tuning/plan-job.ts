import { randomInt } from "node:crypto";
import type { ServedModel } from "../engine/served-model.ts";
import { invalidRequest } from "../errors/api-error.ts";
import type { FileFacts } from "../files/file-facts.ts";
import type { FileStore } from "../files/file-store.ts";
import { newRecordId } from "../openai/record-id.ts";
import type { JobRecord } from "./job-record.ts";
import type { Hyperparameters, JobRequest } from "./job-schema.ts";

/**
 * Epochs of a job that names none: 3, more where the examples are few and less where they are many, by the rule of OpenAI's
 * "Data preparation and analysis for chat model fine-tuning".
 */
const EPOCHS = 3;
const FEW_EXAMPLES = 100;
const MANY_EXAMPLES = 25_000;
const MOST_EPOCHS = 25;

/** Batch size of a job that names none: a hundredth of the examples, at most what the trainer's command line has. */
const BATCHES = 100;
const MOST_ROWS = 8;

/**
 * A job as it is stored before anything is done for it.
 *
 * @throws {ApiError} 404 for a model that is not there; 400 for one that is tuned already or takes no adapters, and for files
 *   that are none.
 */
export async function planJob(
  request: JobRequest,
  {
    served,
    files,
  }: {
    readonly served: Pick<ServedModel, "name" | "choose" | "takesAdapters">;
    readonly files: Pick<FileStore, "find">;
  },
): Promise<JobRecord> {
  const { adapter } = served.choose(request.model);
  if (adapter !== undefined)
    throw invalidRequest(
      `model: expected "${served.name}", got ${JSON.stringify(request.model)} (an adapter is trained on the model itself)`,
      { param: "model" },
    );
  if (!(await served.takesAdapters()))
    throw invalidRequest(
      "model: expected one that takes adapters, got one that was loaded without (the server has to load it so that adapters can be added)",
      { param: "model", code: "adapter_not_enabled" },
    );
  const training = fileOf(files, request.training_file, "training_file");
  const validation = request.validation_file
    ? fileOf(files, request.validation_file, "validation_file")
    : undefined;
  const id = newRecordId("ftjob");
  return {
    id,
    createdMs: Date.now(),
    finishedMs: null,
    status: "validating_files",
    model: served.name,
    adapter: `${request.suffix ?? "ft"}-${id.slice(-8)}`,
    trainingFile: training.id,
    validationFile: validation?.id ?? null,
    seed: request.seed ?? randomInt(2 ** 32),
    ...chosen(request.method?.supervised?.hyperparameters ?? request.hyperparameters, training),
    metadata: request.metadata ?? null,
    error: null,
    trainedTokens: null,
    resultFiles: [],
    checkpoints: [],
    isModelDeleted: false,
  };
}

function fileOf(files: Pick<FileStore, "find">, id: string, param: string): FileFacts {
  const facts = files.find(id);
  if (facts?.purpose === "fine-tune") return facts;
  const got = facts ? `one for ${facts.purpose}` : JSON.stringify(id.slice(0, 100));
  throw invalidRequest(
    `${param}: expected the id of a file with purpose "fine-tune", got ${got} (POST /v1/files stores one)`,
    { param, code: "file_not_found" },
  );
}

function chosen(
  given: Hyperparameters | null | undefined,
  { rows }: FileFacts,
): Pick<JobRecord, "epochs" | "batchSize" | "learningRateMultiplier"> {
  const { n_epochs, batch_size, learning_rate_multiplier } = given ?? {};
  const examples = rows ?? 1;
  return {
    epochs: numberOr(n_epochs, usualEpochs(examples)),
    batchSize: numberOr(batch_size, Math.min(MOST_ROWS, Math.ceil(examples / BATCHES))),
    learningRateMultiplier: numberOr(learning_rate_multiplier, 1),
  };
}

function numberOr(given: number | "auto" | null | undefined, usual: number): number {
  return typeof given === "number" ? given : usual;
}

function usualEpochs(examples: number): number {
  if (examples * EPOCHS < FEW_EXAMPLES)
    return Math.min(MOST_EPOCHS, Math.floor(FEW_EXAMPLES / examples));
  if (examples * EPOCHS > MANY_EXAMPLES) return Math.max(1, Math.floor(MANY_EXAMPLES / examples));
  return EPOCHS;
}
