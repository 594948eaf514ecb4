/** More would bury the first lines of a terminal; `problems` always holds all of them. */
const MAX_PROBLEMS_IN_MESSAGE = 20;

/** What else is known about a failure. */
export interface CheckpointErrorDetails {
  /** Key of the tensor or object in question. */
  readonly tensor?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A checkpoint (config.json, index or weights) cannot be used.
 *
 * The message reads `{path}: tensor "{tensor}": {problem}`, or lists several problems below each other.
 */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
  readonly code = "ERR_CHECKPOINT";
  /** The file or directory. */
  readonly path: string;
  /** The tensor, where the problem is about exactly one. */
  readonly tensor: string | undefined;
  /** Every problem found, without the path. */
  readonly problems: readonly string[];

  constructor(
    path: string,
    problems: string | readonly string[],
    details: CheckpointErrorDetails = {},
  ) {
    const list = typeof problems === "string" ? [problems] : [...problems];
    super(message(path, list, details.tensor), { cause: details.cause });
    this.path = path;
    this.tensor = details.tensor;
    this.problems = list;
  }
}

function message(path: string, problems: readonly string[], tensor: string | undefined): string {
  const where = tensor === undefined ? path : `${path}: tensor "${tensor}"`;
  if (problems.length === 1) return `${where}: ${problems[0]}`;
  const shown = problems.slice(0, MAX_PROBLEMS_IN_MESSAGE).map((problem) => `\n  - ${problem}`);
  const hidden = problems.length - shown.length;
  return `${where}: ${problems.length} problems:${shown.join("")}${hidden > 0 ? `\n  - and ${hidden} more` : ""}`;
}
