import { z } from "@hono/zod-openapi";

const auto = z.literal("auto");
const whole = (most: number) =>
  z
    .union([auto, z.int().min(1).max(most)], `expected "auto" or a whole number from 1 to ${most}`)
    .nullish();

const hyperparameters = z.strictObject({
  n_epochs: whole(50),
  batch_size: whole(256),
  learning_rate_multiplier: z
    .union([auto, z.number().positive().max(1000)], 'expected "auto" or a number above 0')
    .nullish(),
});

/** How fast and how long a job trains; what is "auto" or not given follows from the data. */
export type Hyperparameters = z.output<typeof hyperparameters>;

/** The body of `POST /v1/fine_tuning/jobs`. */
export const jobSchema = z
  .strictObject({
    model: z.string(),
    training_file: z.string(),
    validation_file: z.string().nullish(),
    suffix: z
      .string()
      .regex(/^[\w.-]{1,64}$/, "expected 1 to 64 letters, digits, dots, hyphens or underscores")
      .nullish()
      .openapi({ description: "The model's name is then {model}:{suffix}-{8 digits}." }),
    seed: z.int().min(0).max(0xffffffff).nullish(),
    hyperparameters: hyperparameters.nullish(),
    method: z
      .strictObject({
        type: z.literal("supervised", "expected supervised: no other method is known here"),
        supervised: z.strictObject({ hyperparameters: hyperparameters.nullish() }).nullish(),
      })
      .nullish(),
    integrations: z
      .array(z.unknown())
      .max(0, "expected none: jobs are told of by their events and train_log.jsonl alone")
      .nullish(),
    metadata: z
      .record(z.string().max(64), z.string().max(512))
      .refine((pairs) => Object.keys(pairs).length <= 16, "expected at most 16 pairs")
      .nullish(),
  })
  .openapi("CreateFineTuningJobRequest");

/** A job that is wanted. */
export type JobRequest = z.output<typeof jobSchema>;
