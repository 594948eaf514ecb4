import { z } from "zod";

const STATUSES = [
  "validating_files",
  "queued",
  "running",
  "paused",
  "succeeded",
  "failed",
  "cancelled",
] as const;

/** Where a job stands. `paused` is none of the client's types, but what `pause` comes to. */
export type JobStatus = (typeof STATUSES)[number];

const checkpointSchema = z.object({
  id: z.string(),
  createdMs: z.number(),
  step: z.number(),
  trainLoss: z.number().optional(),
  validLoss: z.number().optional(),
});

/** What a job's folder says of it. Times are milliseconds since 1970. */
export const jobRecordSchema = z.object({
  id: z.string(),
  createdMs: z.number(),
  finishedMs: z.number().nullable(),
  status: z.enum(STATUSES),
  /** Name of the model that is tuned. */
  model: z.string(),
  /** Name of the adapter that comes of it. */
  adapter: z.string(),
  trainingFile: z.string(),
  validationFile: z.string().nullable(),
  seed: z.number(),
  epochs: z.number(),
  batchSize: z.number(),
  learningRateMultiplier: z.number(),
  metadata: z.record(z.string(), z.string()).nullable(),
  error: z
    .object({ code: z.string(), message: z.string(), param: z.string().nullable() })
    .nullable(),
  trainedTokens: z.number().nullable(),
  resultFiles: z.array(z.string()),
  /** Those that are there still, oldest first. */
  checkpoints: z.array(checkpointSchema),
  /** The model that it made has been deleted. */
  isModelDeleted: z.boolean(),
});

/** A job, as it is stored. */
export type JobRecord = Readonly<z.output<typeof jobRecordSchema>>;

/** What a job can go on from. */
export type JobCheckpoint = JobRecord["checkpoints"][number];

/** Why a job failed. */
export type JobFailure = NonNullable<JobRecord["error"]>;

/** Whether nothing becomes of a job any more. */
export function isEnded({ status }: Pick<JobRecord, "status">): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/** Name of the model that a job makes. */
export function tunedModel({ model, adapter }: Pick<JobRecord, "model" | "adapter">): string {
  return `${model}:${adapter}`;
}

/** A job, as OpenAI's API tells it. */
export function jobBody(record: JobRecord, estimatedFinishMs: number | undefined) {
  const hyperparameters = {
    n_epochs: record.epochs,
    batch_size: record.batchSize,
    learning_rate_multiplier: record.learningRateMultiplier,
  };
  return {
    id: record.id,
    object: "fine_tuning.job" as const,
    created_at: seconds(record.createdMs),
    finished_at: record.finishedMs === null ? null : seconds(record.finishedMs),
    estimated_finish: estimatedFinishMs === undefined ? null : seconds(estimatedFinishMs),
    status: record.status,
    model: record.model,
    fine_tuned_model: record.status === "succeeded" ? tunedModel(record) : null,
    organization_id: "baichuan2",
    training_file: record.trainingFile,
    validation_file: record.validationFile,
    result_files: record.resultFiles,
    seed: record.seed,
    trained_tokens: record.trainedTokens,
    hyperparameters,
    method: { type: "supervised" as const, supervised: { hyperparameters } },
    integrations: [],
    metadata: record.metadata,
    error: record.error,
  };
}

/** Checkpoints of a job, as OpenAI's API tells them: newest first. */
export function checkpointBodies(record: JobRecord) {
  return record.checkpoints.toReversed().map(({ id, createdMs, step, trainLoss, validLoss }) => ({
    id,
    object: "fine_tuning.job.checkpoint" as const,
    created_at: seconds(createdMs),
    fine_tuned_model_checkpoint: `${tunedModel(record)}-step-${step}`,
    fine_tuning_job_id: record.id,
    step_number: step,
    metrics: {
      step,
      ...(trainLoss !== undefined && { train_loss: trainLoss }),
      ...(validLoss !== undefined && { valid_loss: validLoss, full_valid_loss: validLoss }),
    },
  }));
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
