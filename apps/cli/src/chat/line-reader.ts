import { createInterface, type Interface } from "node:readline";
import type { Io } from "../io.ts";

/** Lines that the user types, one at a time; lines pasted ahead wait for their turn. */
export class LineReader implements Disposable {
  readonly #readline: Interface;
  readonly #io: Io;
  readonly #lines: string[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  /** @param onInterrupt - Called on Ctrl+C, which a terminal in line editing gives as a key and not as a signal. */
  constructor(io: Io, onInterrupt: () => void) {
    this.#io = io;
    const output = io.stdout.isTTY === true ? io.stdout : io.stderr;
    const terminal = io.stdin.isTTY === true;
    this.#readline = createInterface({ input: io.stdin, output, terminal });
    this.#readline.on("line", (line) => {
      this.#lines.push(line);
      this.#wake?.();
    });
    this.#readline.on("close", () => this.close());
    this.#readline.on("SIGINT", onInterrupt);
  }

  /** The next line; undefined at the end of the input. */
  async read(prompt: string): Promise<string | undefined> {
    this.#readline.setPrompt(prompt);
    if (this.#lines.length === 0 && !this.#isClosed) this.#readline.prompt();
    while (this.#lines.length === 0 && !this.#isClosed)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#lines.shift();
  }

  /** Hands the terminal to another program while `work` runs. */
  async lend<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) return work();
    this.#readline.pause();
    this.#io.stdin.setRawMode?.(false);
    try {
      return await work();
    } finally {
      this.#io.stdin.setRawMode?.(true);
      this.#readline.resume();
    }
  }

  /** Ends the input. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#readline.close();
    this.#wake?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
