import { join } from "node:path";
import { notFound } from "./errors/api-error.ts";
import { FileStore } from "./files/file-store.ts";
import type { JobRunParts } from "./fine-tuning/job-run.ts";
import { Jobs } from "./fine-tuning/jobs.ts";
import { lockFolder } from "./files/lock-folder.ts";
import type { ServerState } from "./server-state.ts";

/** What a server keeps on disk. */
export interface ServerData {
  readonly files: FileStore;
  readonly jobs: Jobs;
  /** Ends training, and gives the folder back. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the folder of a server: `files/` and `jobs/`. Jobs that were not at their end go on.
 *
 * @throws {Error} if another server has it, or it cannot be read or made.
 */
export async function openServerData(
  directory: string,
  parts: Omit<JobRunParts, "files">,
): Promise<ServerData> {
  const lock = await lockFolder(directory);
  try {
    const files = await FileStore.open(join(directory, "files"), parts.logger);
    const jobs = await Jobs.open(join(directory, "jobs"), { ...parts, files });
    const close = async (): Promise<void> => {
      await jobs.close();
      await lock[Symbol.asyncDispose]();
    };
    return { files, jobs, close };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

/** @throws {ApiError} 404 where the server keeps nothing. */
export function requireData({ data }: Pick<ServerState, "data">): ServerData {
  if (data) return data;
  throw notFound(
    "expected a server that keeps files and jobs, got one that was started without --data-dir",
    { code: "no_data_dir" },
  );
}
