// Starting programs the same way on every platform: no shell, Node 24, signals and exit codes passed on.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root folder of the workspace. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The Node that all scripts run on: the dev dependency `node`, whatever the machine has. */
export const node24 = join(
  root,
  "node_modules/node/bin",
  process.platform === "win32" ? "node.exe" : "node",
);

/** Environment of every child: the workspace's own programs come first in PATH. */
export function environment() {
  const env = { ...process.env };
  const pathKey = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  env[pathKey] = [join(root, "node_modules/.bin"), env[pathKey]].filter(Boolean).join(delimiter);
  // Its install script would download CUDA libraries; the CPU libraries are in the package.
  env.ONNXRUNTIME_NODE_INSTALL = "skip";
  env.TURBO_TELEMETRY_DISABLED = "1";
  // Sources are stripped of their types once, not in each of the thousand threads and processes of the tests: a third of their time.
  // Threads that strip types also run WebAssembly, whose memory V8 of Node 24 now and then fails to account for when they end.
  env.NODE_COMPILE_CACHE ??= join(root, "node_modules/.cache/compile");
  return env;
}

/**
 * Absolute path of the script behind a command of an installed package, to be run with {@link node24}.
 *
 * @param {string} packageName - A dev dependency of the root, e.g. `vitest`.
 * @param {string} [command] - Name of the command, where it is not the package's name.
 */
export function tool(packageName, command = packageName) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[command]);
}

/**
 * Runs a program to its end, with the terminal's input and output unless told otherwise.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 128 + n where signal n ended it, as a shell has it.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: environment(),
      stdio: "inherit",
      ...options,
    });
    const stopForwarding = forwardSignals(child);
    child.once("error", (error) => {
      stopForwarding();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0));
    });
  });
}

/** @type {Record<string, number>} */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** @param {import("node:child_process").ChildProcess} child */
function forwardSignals(child) {
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the whole group itself: the child would get it twice.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
