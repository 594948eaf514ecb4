import { CheckpointError } from "./checkpoint-error.ts";

/** What the system's codes mean where a name alone helps little. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: "ENOSPC: no space is left on the disk; make room and run again",
  EDQUOT: "EDQUOT: the quota on this disk is used up; make room and run again",
  EROFS: "EROFS: the file system is read-only",
};

/** A file of a checkpoint that cannot be written, with the system's reason. */
export function writeError(path: string, cause: unknown, tensor?: string): CheckpointError {
  return new CheckpointError(path, writeProblem(cause), { cause, tensor });
}

/** The system's reason in words: "cannot be written (EACCES)". */
export function writeProblem(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return `cannot be written (${meanings[code] ?? code})`;
}
