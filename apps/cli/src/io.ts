import type { Readable, Writable } from "node:stream";
import type { Language, Translate } from "./messages/translate.ts";

/** An output stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** An input stream that may be a terminal. */
export type Input = Readable & {
  readonly isTTY?: boolean;
  setRawMode?: (isRaw: boolean) => unknown;
};

/** All that a run of the program touches of its process; tests bring their own. */
export interface Io {
  readonly stdin: Input;
  /** Data only. */
  readonly stdout: Output;
  /** Progress, notes and errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on Ctrl+C, SIGTERM and SIGHUP, with an `InterruptError`. */
  readonly signal: AbortSignal;
}

/** What every command gets. */
export interface Cli {
  readonly io: Io;
  readonly t: Translate;
  /** The language that `t` speaks. */
  readonly language: Language;
}

/**
 * Writes data and waits until the stream has taken it, so that a slow reader slows the work down.
 *
 * @throws the stream's error, with code EPIPE when the reader has gone.
 */
export function write(stream: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Tells the user something that is not data: one line on stderr. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** What an input stream gives until it ends, or until the signal aborts, also while nothing comes. */
export async function* readChunks(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (signal.aborted) return;
  // Ends the loop from below. A race of every chunk against the signal would keep all chunks in memory.
  const onAbort = (): void => void stream.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    for await (const chunk of stream) yield Buffer.from(chunk as Uint8Array | string);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * The whole of an input stream as text.
 *
 * @throws the signal's reason when it aborts.
 */
export async function readAll(stream: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readChunks(stream, signal)) chunks.push(chunk);
  signal.throwIfAborted();
  return Buffer.concat(chunks).toString("utf8");
}
