import { exitCodes, InterruptError } from "./exit-codes.ts";
import { runCli } from "./run-cli.ts";

const interrupt = new AbortController();
const signals = [
  ["SIGHUP", exitCodes.hungUp],
  ["SIGINT", exitCodes.interrupted],
  ["SIGTERM", exitCodes.terminated],
] as const;
for (const [name, exitCode] of signals) {
  process.on(name, () => {
    // The second one does not wait for a step of the network to end.
    if (interrupt.signal.aborted) process.exit(exitCode);
    interrupt.abort(new InterruptError("interrupted", exitCode));
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: interrupt.signal,
});
// A pipe that is still open would keep the process alive.
process.stdin.destroy();
