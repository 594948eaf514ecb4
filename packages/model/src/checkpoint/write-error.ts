import { CheckpointError } from "./checkpoint-error.ts";

/** What the system's codes mean where a name alone helps little. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: "ENOSPC: no space is left on the disk; make room and run again",
  EDQUOT: "EDQUOT: the quota on this disk is used up; make room and run again",
  EROFS: "EROFS: the file system is read-only",
};

/** A file of a checkpoint that cannot be written, with the system's reason. */
export function writeError(path: string, cause: unknown, tensor?: string): CheckpointError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new CheckpointError(path, `cannot be written (${meanings[code] ?? code})`, {
    cause,
    tensor,
  });
}
