import { exitCodes, InterruptError } from "../exit-codes.ts";
import { note, write, type Cli } from "../io.ts";
import { style } from "../output/style.ts";
import type { Conversation } from "./conversation.ts";
import { editText } from "./editor.ts";
import { LineReader } from "./line-reader.ts";

/** Moves to the top of the terminal and erases it. */
const CLEAR_SCREEN = "\u001B[H\u001B[2J\u001B[3J";

/**
 * A conversation on a terminal, with the commands of the original program: exit, clear, vim, stream.
 *
 * Ctrl+C stops an answer; where there is none, the second one in a row ends the program.
 *
 * @returns the exit code.
 * @throws the signal's reason when the program is to end.
 */
export async function runRepl(
  cli: Cli,
  conversation: Conversation,
  isStreaming = true,
): Promise<number> {
  return new Repl(cli, conversation, isStreaming).run();
}

class Repl {
  readonly #cli: Cli;
  readonly #conversation: Conversation;
  readonly #reader: LineReader;
  #isStreaming: boolean;
  /** Stops the answer in progress. */
  #answer: AbortController | undefined;
  #interrupts = 0;

  constructor(cli: Cli, conversation: Conversation, isStreaming: boolean) {
    this.#cli = cli;
    this.#conversation = conversation;
    this.#isStreaming = isStreaming;
    this.#reader = new LineReader(cli.io, () => this.#interrupt());
  }

  async run(): Promise<number> {
    const { io, t } = this.#cli;
    using reader = this.#reader;
    const onAbort = (): void => reader.close();
    io.signal.addEventListener("abort", onAbort, { once: true });
    note(io, t("chat.banner"));
    try {
      for (;;) {
        const line = await reader.read(`\n${style(io, io.stdout, "green", t("chat.user"))} `);
        if (line === undefined || io.signal.aborted) break;
        this.#interrupts = 0;
        if ((await this.#take(line.trim())) === "end") return exitCodes.ok;
      }
      io.signal.throwIfAborted();
      return this.#interrupts > 0 ? exitCodes.interrupted : exitCodes.ok;
    } finally {
      io.signal.removeEventListener("abort", onAbort);
    }
  }

  async #take(line: string): Promise<"end" | undefined> {
    const { io, t } = this.#cli;
    switch (line) {
      case "":
        return undefined;
      case "exit":
        return "end";
      case "clear":
        this.#conversation.clear();
        if (io.stdout.isTTY === true) await write(io.stdout, CLEAR_SCREEN);
        return undefined;
      case "stream":
        this.#isStreaming = !this.#isStreaming;
        note(io, t(this.#isStreaming ? "chat.streamOn" : "chat.streamOff"));
        return undefined;
      case "vim":
        await this.#edit();
        return undefined;
      default:
        await this.#reply(line);
        return undefined;
    }
  }

  async #edit(): Promise<void> {
    const { io, t } = this.#cli;
    try {
      const text = await this.#reader.lend(() => editText(this.#cli));
      if (text.trim() === "") return note(io, t("chat.emptyEdit"));
      note(io, text);
      await this.#reply(text);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Prints an answer; what goes wrong with one does not end the conversation. */
  async #reply(text: string): Promise<void> {
    const { io, t } = this.#cli;
    const answer = (this.#answer = new AbortController());
    const signal = AbortSignal.any([io.signal, answer.signal]);
    const label = style(io, io.stdout, "blue", t("chat.assistant"));
    try {
      await write(io.stdout, `${label} `);
      await this.#print(text, signal);
    } catch (error) {
      if (answer.signal.aborted) note(io, ` ${style(io, io.stderr, "dim", t("chat.stopped"))}`);
      else if (!io.signal.aborted) this.#report(error);
    } finally {
      this.#answer = undefined;
    }
  }

  async #print(text: string, signal: AbortSignal): Promise<void> {
    const { stdout } = this.#cli.io;
    let whole = "";
    for await (const delta of this.#conversation.say(text, signal)) {
      if (this.#isStreaming) await write(stdout, delta);
      else whole += delta;
    }
    await write(stdout, `${whole}\n`);
  }

  #report(error: unknown): void {
    // Without a reader of the output there is nobody to go on for.
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === "EPIPE") throw error;
    const message = error instanceof Error ? error.message : String(error);
    note(this.#cli.io, `\n${this.#cli.t("error.prefix", { message })}`);
  }

  #interrupt(): void {
    const { io, t } = this.#cli;
    if (this.#answer) return this.#answer.abort(new InterruptError(t("error.interrupted")));
    this.#interrupts += 1;
    if (this.#interrupts > 1) return this.#reader.close();
    note(io, `\n${t("chat.again")}`);
  }
}
