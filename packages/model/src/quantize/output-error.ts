/** Why a quantized checkpoint cannot be written where it is wanted. */
export type OutputProblem = "exists" | "inside-source" | "in-use" | "not-writable";

/** The place for a quantized checkpoint cannot be used. */
export class OutputError extends Error {
  override readonly name = "OutputError";
  readonly code = "ERR_OUTPUT";
  /** The place, or the file beside it that stands in the way. */
  readonly path: string;
  readonly problem: OutputProblem;

  constructor(path: string, problem: OutputProblem, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options);
    this.path = path;
    this.problem = problem;
  }
}
