import { DisposedError } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";
import type { WeightDtype } from "../network/weight-plan.ts";
import { AsyncQueue } from "./async-queue.ts";
import { EngineThread, type JobRequest, type OpenEngineOptions } from "./engine-thread.ts";
import type { HiddenStates, Logits } from "./logits.ts";
import type {
  EngineEvent,
  EngineStats,
  FinishReason,
  GenerateJob,
  ModelSource,
} from "./protocol.ts";
import type { TokenScoring } from "./score-in-chunks.ts";
import { fromWireError } from "./wire-error.ts";

/**
 * The caller's end of the engine thread: ids in, ids or logits out. The calling thread never computes, so its event
 * loop stays free. Owns a thread and the model's memory.
 *
 * A thread that dies fails the requests that it had; the next one starts it again and loads the model anew.
 */
export class Engine implements AsyncDisposable {
  readonly config: ModelConfig;
  /** Number type of the linear layers. */
  readonly dtype: WeightDtype;
  readonly #reopen: () => Promise<EngineThread>;
  #thread: EngineThread;
  #starting: Promise<EngineThread> | undefined;
  #isClosed = false;

  private constructor(thread: EngineThread, reopen: () => Promise<EngineThread>) {
    this.#thread = thread;
    this.#reopen = reopen;
    this.config = thread.loaded.config;
    this.dtype = thread.loaded.dtype;
  }

  /**
   * Starts a thread and loads a model in it.
   *
   * @param entry - The thread's program, for tests.
   * @throws {CheckpointError | DeviceError | UnsupportedError} as the thread threw them.
   */
  static async open(
    source: ModelSource,
    options: OpenEngineOptions = {},
    entry?: URL,
  ): Promise<Engine> {
    const thread = await EngineThread.open(source, options, entry);
    // Signal and progress are those of the first load.
    const { signal: _signal, onProgress: _onProgress, ...again } = options;
    return new Engine(thread, () => EngineThread.open(source, again, entry));
  }

  /**
   * Streams new token ids; the last may be a stop token. Leaving the loop ends the job in the thread.
   *
   * @throws the signal's reason when it aborts, within one step.
   */
  async *generate(job: GenerateJob, signal?: AbortSignal): AsyncGenerator<number, FinishReason> {
    const queue = new AsyncQueue<number>();
    let reason: FinishReason | undefined;
    signal?.throwIfAborted();
    const thread = await this.#ready();
    signal?.throwIfAborted(); // the wait was short, but long enough
    const id = thread.start(
      { type: "generate", job },
      {
        onEvent: (event) => {
          if (event.type === "token") queue.push(event.tokenId);
          else if (event.type === "finished") queue.end(void (reason = event.reason));
          else if (event.type === "failed") queue.end(fromWireError(event.error));
        },
        fail: (error) => queue.end(error),
      },
    );
    const onAbort = (): void => queue.end(signal?.reason);
    try {
      signal?.addEventListener("abort", onAbort, { once: true });
      for await (const tokenId of queue) {
        signal?.throwIfAborted();
        yield tokenId;
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      thread.stop(id, reason === undefined);
    }
    if (!reason) throw new DisposedError("engine");
    return reason;
  }

  /**
   * Logits after each token of a text, or after the last.
   *
   * @param last - Only the last position: `[1, V]` instead of `[T, V]`.
   */
  logits(tokenIds: readonly number[], last: boolean, signal?: AbortSignal): Promise<Logits> {
    return this.#ask({ type: "logits", tokenIds, last }, signal, (event) =>
      event.type === "logits"
        ? { data: event.data, shape: [event.data.length / event.vocabSize, event.vocabSize] }
        : undefined,
    );
  }

  /**
   * Hidden states after each layer, and logits, of every token of a text.
   *
   * @throws {UnsupportedError} if the engine was opened without `trace`.
   */
  hiddenStates(tokenIds: readonly number[], signal?: AbortSignal): Promise<HiddenStates> {
    return this.#ask({ type: "hiddenStates", tokenIds }, signal, (event) => {
      if (event.type !== "hiddenStates") return undefined;
      const { trace, vocabSize } = event;
      return { ...trace, logits: { data: trace.logits, shape: [tokenIds.length, vocabSize] } };
    });
  }

  /**
   * Log-probabilities of the tokens of a text.
   *
   * @param from - First token that is scored, at least 1.
   */
  score(tokenIds: readonly number[], from: number, signal?: AbortSignal): Promise<TokenScoring> {
    return this.#ask({ type: "score", tokenIds, from }, signal, (event) =>
      event.type === "scores" ? event.scoring : undefined,
    );
  }

  /** Memory in use. */
  stats(): Promise<EngineStats> {
    return this.#ask({ type: "stats" }, undefined, (event) =>
      event.type === "stats" ? event.stats : undefined,
    );
  }

  /** Lets running jobs end, then frees the model and stops the thread; new jobs are refused at once. */
  async disposeWhenIdle(): Promise<void> {
    this.#isClosed = true;
    await this.#starting?.catch(() => {});
    await this.#thread.whenIdle();
    await this.#thread.dispose();
  }

  /** Ends all jobs, frees the model and stops the thread. */
  async dispose(): Promise<void> {
    this.#isClosed = true;
    await this.#starting?.catch(() => {});
    await this.#thread.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** One question, one answer. */
  async #ask<Answer>(
    request: JobRequest,
    signal: AbortSignal | undefined,
    read: (event: EngineEvent) => Answer | undefined,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const thread = await this.#ready();
    signal?.throwIfAborted(); // the wait was short, but long enough
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let isAborted = false;
    const id = thread.start(request, {
      onEvent: (event) => {
        if (event.type === "failed") return reject(fromWireError(event.error));
        const answer = read(event);
        if (answer !== undefined) resolve(answer);
      },
      fail: reject,
    });
    const onAbort = (): void => {
      isAborted = true;
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      thread.stop(id, isAborted);
    }
  }

  /** The thread, started again if it has died. */
  async #ready(): Promise<EngineThread> {
    if (this.#isClosed) throw new DisposedError("engine");
    if (!this.#starting && this.#thread.isAlive) return this.#thread;
    this.#starting ??= this.#restart();
    const thread = await this.#starting;
    if (this.#isClosed) throw new DisposedError("engine");
    return thread;
  }

  async #restart(): Promise<EngineThread> {
    try {
      return (this.#thread = await this.#reopen());
    } finally {
      this.#starting = undefined;
    }
  }
}
