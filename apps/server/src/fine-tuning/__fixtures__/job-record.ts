import type { JobRecord } from "../job-record.ts";

/** A job that has just come. */
export const jobRecord: JobRecord = {
  id: `ftjob-${"1".repeat(24)}`,
  createdMs: 1_800_000_000_000,
  finishedMs: null,
  status: "validating_files",
  model: "tiny-chat",
  adapter: "ft-11111111",
  trainingFile: `file-${"2".repeat(24)}`,
  validationFile: null,
  seed: 1,
  epochs: 3,
  batchSize: 4,
  learningRateMultiplier: 1,
  metadata: null,
  error: null,
  trainedTokens: null,
  resultFiles: [],
  checkpoints: [],
  isModelDeleted: false,
};
