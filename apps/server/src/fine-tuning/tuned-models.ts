import { rm } from "node:fs/promises";
import type { ServedModel } from "../engine/served-model.ts";
import type { Job } from "./job.ts";

/**
 * Makes the model of a job answer, if it has made one that belongs to the served model.
 *
 * @throws {AdapterError | CheckpointError} if it cannot be used.
 */
export async function loadTunedModel(
  { record, outputDir }: Job,
  served: ServedModel,
): Promise<void> {
  const { status, model, adapter, isModelDeleted } = record;
  if (status !== "succeeded" || isModelDeleted || model !== served.name) return;
  await served.loadAdapter(adapter, outputDir);
}

/** Deletes the model of a job from memory and disk. */
export async function deleteTunedModel(job: Job, served: ServedModel): Promise<void> {
  const { adapter } = job.record;
  await job.update({ isModelDeleted: true, checkpoints: [] });
  if (served.model.adapters.some(({ name }) => name === adapter))
    await served.unloadAdapter(adapter);
  await rm(job.outputDir, { recursive: true, force: true });
}
