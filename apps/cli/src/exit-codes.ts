import { CheckpointError, GenerationOptionError, HubError, OutputError } from "@baichuan2/model";
import { TokenizerError } from "@baichuan2/tokenizer";

/** Exit codes of the program; `--help` and the README list them. */
export const exitCodes = {
  ok: 0,
  error: 1,
  usage: 2,
  network: 3,
  auth: 4,
  integrity: 5,
  memory: 6,
  unsupported: 7,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The command line asks for something that makes no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "ERR_USAGE";
}

/** A signal asks the program to end, as Ctrl+C does. */
export class InterruptError extends Error {
  override readonly name = "InterruptError";
  readonly code = "ERR_INTERRUPTED";
  /** The program's: 128 and the number of the signal. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.interrupted) {
    super(message);
    this.exitCode = exitCode;
  }
}

const byCode: Readonly<Record<string, number>> = {
  ERR_USAGE: exitCodes.usage,
  ERR_INTERRUPTED: exitCodes.interrupted,
  ERR_TRAINING_ARGUMENT: exitCodes.usage,
  ERR_CHECKPOINT: exitCodes.integrity,
  ERR_DATA: exitCodes.integrity,
  ERR_EVAL_DATA: exitCodes.integrity,
  ERR_EVAL_RUN: exitCodes.usage,
  ERR_EVAL_OPTION: exitCodes.usage,
  ERR_EVAL_LETTERS: exitCodes.usage,
  ERR_EVAL_ENDPOINT: exitCodes.network,
  ERR_CODE_EXECUTION: exitCodes.unsupported,
  ERR_BLEU: exitCodes.unsupported,
  ERR_ADAPTER: exitCodes.integrity,
  ERR_UNSUPPORTED: exitCodes.unsupported,
  ERR_MEMORY_LIMIT: exitCodes.memory,
  ERR_WORKER_OUT_OF_MEMORY: exitCodes.memory,
  ENOMEM: exitCodes.memory,
};

/** What `HubError.failure` means for the caller of a program. */
const byHubFailure: Readonly<Record<HubError["failure"], number>> = {
  "invalid-id": exitCodes.usage,
  "not-found": exitCodes.network,
  "no-such-revision": exitCodes.network,
  unauthorized: exitCodes.auth,
  offline: exitCodes.network,
  network: exitCodes.network,
  server: exitCodes.network,
  damaged: exitCodes.integrity,
  incomplete: exitCodes.integrity,
  cache: exitCodes.error,
  aborted: exitCodes.interrupted,
};

/** A checkpoint that is being written, where the disk and not the checkpoint is at fault. */
const FULL_DISK: readonly unknown[] = ["ENOSPC", "EDQUOT"];

/** A place that can be seen to be wrong on the command line, against one that may be right later. */
const WRONG_PLACE: readonly OutputError["problem"][] = ["exists", "inside-source"];

/**
 * The exit code that tells what kind of failure an error is.
 *
 * Codes decide where there are some: errors of the engine's thread arrive without their class.
 */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return exitCodes.error;
  if (error instanceof InterruptError) return error.exitCode;
  if (error instanceof HubError) return byHubFailure[error.failure];
  if (error instanceof GenerationOptionError)
    return error.where === "generation options" ? exitCodes.usage : exitCodes.integrity;
  if (error instanceof TokenizerError)
    return error.where === "encode" ? exitCodes.error : exitCodes.integrity;
  if (error instanceof OutputError)
    return WRONG_PLACE.includes(error.problem) ? exitCodes.usage : exitCodes.error;
  if (error instanceof CheckpointError && FULL_DISK.includes(codeOf(error.cause)))
    return exitCodes.error;
  const code = codeOf(error);
  const known = typeof code === "string" ? byCode[code] : undefined;
  if (known !== undefined) return known;
  return outOfMemory.test(error.message) ? exitCodes.memory : exitCodes.error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { code?: unknown }).code : undefined;
}

/** How V8, the C++ runtime and ONNX Runtime put it; none of them gives it a code. */
const outOfMemory = /out of memory|allocation failed|bad_alloc|failed to allocate/i;
