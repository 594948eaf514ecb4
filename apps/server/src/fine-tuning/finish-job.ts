import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { ServedModel } from "../engine/served-model.ts";
import type { FileStore } from "../files/file-store.ts";
import type { Job } from "./job.ts";
import { tunedModel } from "./job-record.ts";

/** The trainer's log, a row a step. */
const LOG = "train_log.jsonl";

const stateSchema = z.object({ num_input_tokens_seen: z.number() });

/**
 * Makes of a training that is done a model that answers, and of its log a file.
 *
 * @throws {AdapterError | CheckpointError} if the model cannot be used.
 */
export async function finishJob(
  job: Job,
  { served, files }: { readonly served: ServedModel; readonly files: FileStore },
): Promise<void> {
  const { outputDir, record } = job;
  const state = JSON.parse(
    await readFile(join(outputDir, "trainer_state.json"), "utf8"),
  ) as unknown;
  const log = await files.add(async (path) => {
    await copyFile(join(outputDir, LOG), path);
    return { filename: LOG, purpose: "fine-tune-results", rows: null };
  });
  // The log is there also where the model turns out not to be usable.
  const trainedTokens = stateSchema.parse(state).num_input_tokens_seen;
  await job.update({ trainedTokens, resultFiles: [log.id] });
  await served.loadAdapter(record.adapter, outputDir);
  await job.addEvent({ message: `New fine-tuned model created: ${tunedModel(record)}` });
  await job.update(
    { status: "succeeded", finishedMs: Date.now() },
    { message: "The job has successfully completed" },
  );
}
