import { fork, type ChildProcess } from "node:child_process";
import { threadArguments } from "@baichuan2/quant/node";
import type { TrainerError, TrainerMessage, TrainerRequest } from "./trainer-protocol.ts";

/** How a training came to its end. */
export type TrainerEnd =
  | { readonly kind: "done" }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: TrainerError }
  /** The process ended without a word. */
  | { readonly kind: "died"; readonly how: string; readonly stderr: string };

/** What is to be trained, and who is told. */
export interface TrainerOptions {
  /** As `parseTrainingArguments` takes them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly threads: number | undefined;
  readonly onMessage: (message: Extract<TrainerMessage, { type: "event" | "warning" }>) => void;
}

/** Of what a process wrote to stderr, so much is kept. */
const KEPT_CHARACTERS = 4000;

/** A training in a process of its own. */
export class Trainer {
  /** Never rejects. */
  readonly ended: Promise<TrainerEnd>;
  readonly #process: ChildProcess;

  constructor({ args, threads, onMessage }: TrainerOptions) {
    this.#process = fork(processUrl(), [], {
      execArgv: threadArguments(process.execArgv),
      serialization: "advanced", // losses may be NaN, which JSON has not
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.ended = this.#watch(onMessage);
    this.#send({ type: "train", args, threads });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Ends it after the layer at hand, checkpoints stay.
   *
   * @param graceMs - It is killed if it has not ended then.
   */
  async stop(graceMs: number): Promise<void> {
    this.#send({ type: "stop" });
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it at once; checkpoints stay. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** A process that has gone takes no messages, and its end is told by `ended`. */
  #send(request: TrainerRequest): void {
    this.#process.send(request, () => {});
  }

  #watch(onMessage: TrainerOptions["onMessage"]): Promise<TrainerEnd> {
    const { promise, resolve } = Promise.withResolvers<TrainerEnd>();
    let end: TrainerEnd | undefined;
    let stderr = "";
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-KEPT_CHARACTERS);
    });
    this.#process.on("message", (message: TrainerMessage) => {
      if (message.type === "event" || message.type === "warning") onMessage(message);
      else if (message.type === "failed") end = { kind: "failed", error: message.error };
      else end = { kind: message.type };
    });
    this.#process.on("error", (error) => resolve({ kind: "died", how: error.message, stderr }));
    // "close" comes when all messages have been read, "exit" may come before.
    this.#process.on("close", (code, signal) => {
      resolve(end ?? { kind: "died", how: signal ?? `exit code ${code}`, stderr });
    });
    return promise;
  }
}

/** The process's file: TypeScript in the workspace, a bundle of its own when built. */
function processUrl(): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? "./trainer-process.ts" : "./trainer-process.js",
    import.meta.url,
  );
}
