import { PassThrough, Readable, Writable } from "node:stream";
import type { Input, Io, Output } from "../io.ts";
import { runCli } from "../run-cli.ts";

/** What a run of the program did. */
export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Collects what is written. */
export class Sink extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** An `Io` of memory. */
export function memoryIo(
  stdin: Input,
  env: Io["env"] = {},
  signal: AbortSignal = new AbortController().signal,
): Io & { readonly stdout: Sink & Output; readonly stderr: Sink & Output } {
  return { stdin, stdout: new Sink(), stderr: new Sink(), env, signal };
}

/** A stdin that is a terminal. */
export function terminalInput(): PassThrough & { isTTY: true } {
  return Object.assign(new PassThrough(), { isTTY: true as const });
}

/** Runs the program in this process. */
export async function run(
  argv: readonly string[],
  { input = "", env = {}, stdin = Readable.from([Buffer.from(input)]) }: { input?: string; env?: Io["env"]; stdin?: Input } = {},
): Promise<RunResult> {
  const io = memoryIo(stdin, env);
  const code = await runCli(argv, io);
  return { code, out: io.stdout.text, err: io.stderr.text };
}

/** The objects of a JSON-lines output. */
export function parseLines<Row>(out: string): Row[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}
