import { ApiError } from "../errors/api-error.ts";
import type { FileStore } from "../files/file-store.ts";
import type { JobFailure, JobRecord } from "./job-record.ts";
import type { TrainerEnd } from "./trainer.ts";

/** Why a training came to nothing; undefined where it did not. */
export function toFailure(
  end: TrainerEnd,
  { trainingFile, validationFile }: Pick<JobRecord, "trainingFile" | "validationFile">,
  files: Pick<FileStore, "contentPath">,
): JobFailure | undefined {
  if (end.kind === "done") return undefined;
  if (end.kind === "died")
    return {
      code: "trainer_died",
      message: `training: expected a process that tells its end, got one that ended by ${end.how} (out of memory, or killed from outside; the server's log tells more)`,
      param: null,
    };
  if (end.kind === "stopped")
    return { code: "trainer_stopped", message: "training: it was stopped", param: null };
  // Messages name the files that a client knows by their ids.
  const params = { training_file: trainingFile, validation_file: validationFile };
  let { message } = end.error;
  let param: string | null = null;
  for (const [name, id] of Object.entries(params)) {
    const path = id === null ? undefined : files.contentPath({ id });
    if (path === undefined || !message.includes(path)) continue;
    message = message.replaceAll(path, id as string);
    param ??= name;
  }
  return {
    code: end.error.code === "ERR_DATA" ? "invalid_training_file" : "training_failed",
    message,
    param,
  };
}

/** Why a job came to nothing beside its training. */
export function failureOf(error: unknown): JobFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError)
    return { code: error.code ?? "invalid_request", message, param: error.param };
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return { code: code === "ERR_ADAPTER" ? "model_not_loaded" : "job_failed", message, param: null };
}
