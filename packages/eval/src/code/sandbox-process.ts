import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { CodeExecutionError } from "./code-execution-error.ts";
import { REPORT_FD, REQUEST_FD, STARTED } from "./python-driver.ts";

/** File descriptor of the sandbox that the filter of system calls is read from. */
export const FILTER_FD = 5;

/** What is started, and what it is told. */
export interface SandboxStart {
  readonly arguments: readonly string[];
  readonly filter: Uint8Array;
  readonly request: string;
  /** Milliseconds from its first line until it is killed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How it went. */
export interface SandboxEnd {
  readonly isLate: boolean;
  /** All that it reported. */
  readonly report: string;
  /** What it wrote as errors before the program began. */
  readonly errors: string;
  /** `exit code 1`, `signal SIGKILL`. */
  readonly ending: string;
}

/** Milliseconds that a sandbox has to start its program; a tenth of a second is usual. */
const START_TIMEOUT_MS = 60_000;

/** Characters of a channel that are kept. A report is below a tenth of that. */
const MAX_CHARACTERS = 2 ** 16;

/**
 * Runs a program in a sandbox to its end.
 *
 * @throws {CodeExecutionError} if there is no bubblewrap.
 * @throws the signal's reason when it aborts; the program is killed then.
 */
export async function runInSandbox(start: SandboxStart): Promise<SandboxEnd> {
  start.signal.throwIfAborted();
  const child = spawn("bwrap", start.arguments, {
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  start.signal.addEventListener("abort", kill);
  try {
    const end = await watch(child, start, kill);
    start.signal.throwIfAborted();
    return end;
  } finally {
    start.signal.removeEventListener("abort", kill);
  }
}

/**
 * Killing bubblewrap ends the sandbox's first process, and with that the kernel ends all of them. That process is left for
 * the machine's first one to collect: a container wants an init for it (`docker run --init`), or they stay as zombies.
 */
async function watch(
  child: ChildProcess,
  { request, filter, timeoutMs }: SandboxStart,
  kill: () => void,
): Promise<SandboxEnd> {
  let isLate = false;
  const stopLater = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      isLate = true;
      kill();
    }, ms);
  let timer = stopLater(START_TIMEOUT_MS);
  // Node's types know of five.
  const channels = child.stdio as readonly unknown[];
  const report = collect(channels[REPORT_FD] as Readable, kill, (text) => {
    if (!text.startsWith(`${STARTED}\n`)) return false;
    clearTimeout(timer);
    timer = stopLater(timeoutMs);
    return true;
  });
  const errors = collect(child.stderr as Readable, kill);
  send(channels[REQUEST_FD] as Writable, request);
  send(channels[FILTER_FD] as Writable, filter);
  try {
    const [code, signal] = (await closed(child)) as [number | null, string | null];
    const ending = signal === null ? `exit code ${code}` : `signal ${signal}`;
    return { isLate, report: report(), errors: errors(), ending };
  } finally {
    clearTimeout(timer);
  }
}

async function closed(child: ChildProcess): Promise<unknown[]> {
  try {
    return await once(child, "close");
  } catch (cause) {
    throw noSandbox(String(cause), cause);
  }
}

/** Who does not read what it is sent ends early, and is seen to. */
function send(channel: Writable, data: string | Uint8Array): void {
  channel.on("error", () => {});
  channel.end(data);
}

/**
 * Keeps what a channel says, and ends a program that says more than any report is long.
 *
 * @param onText - Told all so far after each piece, until it returns true.
 */
function collect(
  channel: Readable,
  kill: () => void,
  onText: (text: string) => boolean = () => true,
): () => string {
  let text = "";
  let isDone = false;
  channel.on("error", () => {});
  channel.setEncoding("utf8").on("data", (piece: string) => {
    if (text.length + piece.length > MAX_CHARACTERS) kill();
    text += piece.slice(0, MAX_CHARACTERS - text.length);
    isDone ||= onText(text);
  });
  return () => text;
}

/** What to do where there is no sandbox. */
const SANDBOX_HINT =
  "install bubblewrap 0.8 or later and util-linux, and allow user namespaces " +
  "(sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0) " +
  "or run as root with CAP_SYS_ADMIN; in a container, start it with --privileged or a profile that allows namespaces";

/** There is no sandbox here, and nothing runs without. */
export function noSandbox(actual: string, cause?: unknown): CodeExecutionError {
  return new CodeExecutionError({
    where: "bwrap",
    expected: "a sandbox",
    actual,
    hint: SANDBOX_HINT,
    cause,
  });
}
