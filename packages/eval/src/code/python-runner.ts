/** A program to run. */
export interface PythonProgram {
  readonly source: string;
  /** Seconds until it is stopped. */
  readonly timeoutSeconds: number;
}

/** What became of a program. */
export interface PythonOutcome {
  readonly status: "passed" | "failed" | "timed out";
  /** The exception's type and message, or what ended the process. Depends on the version of Python. */
  readonly message: string;
}

/** Runs programs that nobody has read, where they can do no harm. */
export interface PythonRunner {
  run(
    program: PythonProgram,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<PythonOutcome>;
}
