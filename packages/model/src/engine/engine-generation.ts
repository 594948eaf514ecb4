import { DisposedError } from "@baichuan2/kernels";
import { AsyncQueue } from "./async-queue.ts";
import type { EngineThread } from "./engine-thread.ts";
import type { EngineEvent, GenerateJob, TaskEvent } from "./protocol.ts";
import { fromWireError } from "./wire-error.ts";

/** What a generation tells. */
export type GenerationEvent = Extract<
  TaskEvent,
  { readonly type: "started" | "tokens" | "promptLogprobs" | "finished" }
>;

/** Events that may wait for a reader before the engine's thread lets the generation wait, and those at which it goes on. */
const PAUSE_AT = 64;
const RESUME_AT = 16;

/**
 * Changes a row of logits before a token is drawn from it.
 *
 * @param logits - `[V]`, the network's own; changed in place.
 * @param choice - Which of the texts of the generation it is for.
 * @param newTokenIds - The text so far, without the prompt.
 */
export type ProcessLogits = (
  logits: Float32Array,
  choice: number,
  newTokenIds: readonly number[],
) => void | Promise<void>;

/** Options of one generation that stay on the caller's side. */
export interface EngineGenerationOptions {
  readonly signal?: AbortSignal | undefined;
  /** Must be given where the job says `hasProcessor`. */
  readonly process?: ProcessLogits | undefined;
}

/**
 * A generation in the engine's thread: a stream of events until all its texts have ended. Leaving the loop ends it. Where the
 * reader falls behind the generation waits for it, and nothing else does.
 */
export class EngineGeneration implements AsyncIterable<GenerationEvent> {
  readonly #thread: EngineThread;
  readonly #queue = new AsyncQueue<GenerationEvent>();
  readonly #process: ProcessLogits | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #id: number;
  /** By choice; only kept for `process`. */
  readonly #newTokenIds: readonly number[][];
  #unfinished: number;
  #isEnded = false;
  #isPaused = false;

  constructor(
    thread: EngineThread,
    job: GenerateJob,
    { signal, process }: EngineGenerationOptions,
  ) {
    this.#thread = thread;
    this.#signal = signal;
    this.#process = process;
    this.#unfinished = job.n;
    this.#newTokenIds = Array.from({ length: job.n }, () => []);
    this.#id = thread.start(
      { type: "generate", job },
      {
        onEvent: (event) => this.#take(event),
        fail: (error) => this.#queue.end(error),
      },
    );
  }

  /** Ends one of the texts; its "finished" still comes. */
  stop(choice: number): void {
    this.#thread.post({ type: "stopChoice", id: this.#id, choice });
  }

  /** @throws the signal's reason when it aborts, within one step; what failed the generation in the thread. */
  async *[Symbol.asyncIterator](): AsyncGenerator<GenerationEvent, void> {
    const signal = this.#signal;
    const onAbort = (): void => {
      this.#end(); // now: who is busy with the last piece asks for the next one late
      this.#queue.end(signal?.reason);
    };
    try {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", onAbort, { once: true });
      for await (const event of this.#queue) {
        signal?.throwIfAborted();
        this.#pace();
        if (event.type === "finished") this.#unfinished -= 1;
        yield event;
        if (this.#unfinished === 0) return;
      }
      throw new DisposedError("engine");
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#end();
    }
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#thread.stop(this.#id, this.#unfinished > 0);
  }

  #take(event: EngineEvent): void {
    switch (event.type) {
      case "failed":
        return this.#queue.end(fromWireError(event.error));
      case "process":
        return void this.#answer(event.choice, event.logits);
      case "tokens":
        if (this.#process) this.#newTokenIds[event.choice]?.push(...event.tokenIds);
        return this.#push(event);
      case "started":
      case "finished":
      case "promptLogprobs":
        return this.#push(event);
      default:
    }
  }

  #push(event: GenerationEvent): void {
    this.#queue.push(event);
    this.#pace();
  }

  #pace(): void {
    const { length } = this.#queue;
    const mustWait = this.#isPaused ? length > RESUME_AT : length >= PAUSE_AT;
    if (mustWait === this.#isPaused || this.#isEnded) return;
    this.#isPaused = mustWait;
    this.#thread.post({ type: mustWait ? "pause" : "resume", id: this.#id });
  }

  async #answer(choice: number, logits: Float32Array): Promise<void> {
    try {
      await this.#process?.(logits, choice, this.#newTokenIds[choice] ?? []);
      const { buffer } = logits;
      const transfer = buffer instanceof ArrayBuffer ? [buffer] : [];
      this.#thread.post({ type: "processed", id: this.#id, choice, logits }, transfer);
    } catch (error) {
      this.#queue.end(error ?? new Error("logitsProcessor: expected no error, got undefined"));
    }
  }
}
