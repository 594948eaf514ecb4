import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { DeviceError, DisposedError } from "@baichuan2/kernels";
import { threadArguments } from "@baichuan2/quant/node";
import type { ModelConfig } from "../config.ts";
import type { WeightDtype } from "../network/weight-plan.ts";
import { AsyncQueue } from "./async-queue.ts";
import type { HiddenStates, Logits } from "./logits.ts";
import type {
  EngineEvent,
  EngineOptions,
  EngineRequest,
  EngineStats,
  FinishReason,
  GenerateJob,
  ModelSource,
} from "./protocol.ts";
import { fromWireError } from "./wire-error.ts";

/** Options of opening an engine. */
export interface OpenEngineOptions extends EngineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called while weights are read. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** What the thread says when a model is loaded. */
type Loaded = Extract<EngineEvent, { type: "loaded" }>;

/** A job that waits for the thread's answers. */
interface Listener {
  onEvent(event: EngineEvent): void;
  fail(error: Error): void;
}

/**
 * The caller's end of the engine thread: ids in, ids or logits out. The calling thread never computes, so its event
 * loop stays free. Owns a thread and the model's memory.
 */
export class Engine implements AsyncDisposable {
  readonly config: ModelConfig;
  /** Number type of the linear layers. */
  readonly dtype: WeightDtype;
  readonly #worker: Worker;
  readonly #listeners = new Map<number, Listener>();
  #nextId = 0;
  #closed: Promise<void> | undefined;
  #isClosing = false;
  #idle = Promise.withResolvers<void>();

  private constructor(worker: Worker, { config, dtype }: Loaded) {
    this.#worker = worker;
    this.config = config;
    this.dtype = dtype;
    worker.on("message", (event: EngineEvent) => {
      if ("id" in event) this.#listeners.get(event.id)?.onEvent(event);
    });
    worker.on("error", (cause) => this.#failAll(threadDied(cause)));
    worker.on("exit", () => this.#failAll(new DisposedError("engine")));
    worker.unref(); // a program that is done ends, whether it disposed the model or not
  }

  /**
   * Starts a thread and loads a model in it.
   *
   * @throws {CheckpointError | DeviceError | UnsupportedError} as the thread threw them.
   */
  static async open(source: ModelSource, options: OpenEngineOptions = {}): Promise<Engine> {
    options.signal?.throwIfAborted();
    const worker = new Worker(workerUrl(), { execArgv: threadArguments(process.execArgv) });
    try {
      return new Engine(worker, await load(worker, source, options));
    } catch (error) {
      await unwind(worker);
      throw error;
    }
  }

  /**
   * Streams new token ids; the last may be a stop token. Leaving the loop ends the job in the thread.
   *
   * @throws the signal's reason when it aborts, within one step.
   */
  async *generate(job: GenerateJob, signal?: AbortSignal): AsyncGenerator<number, FinishReason> {
    const queue = new AsyncQueue<number>();
    let reason: FinishReason | undefined;
    const id = this.#start(
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
      signal?.throwIfAborted();
      signal?.addEventListener("abort", onAbort, { once: true });
      for await (const tokenId of queue) {
        signal?.throwIfAborted();
        yield tokenId;
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#stop(id, reason === undefined);
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

  /** Memory in use. */
  stats(): Promise<EngineStats> {
    return this.#ask({ type: "stats" }, undefined, (event) =>
      event.type === "stats" ? event.stats : undefined,
    );
  }

  /** Lets running jobs end, then frees the model and stops the thread; new jobs are refused at once. */
  async disposeWhenIdle(): Promise<void> {
    this.#isClosing = true;
    while (this.#listeners.size > 0) await this.#idle.promise;
    await this.dispose();
  }

  /** Ends all jobs, frees the model and stops the thread. */
  dispose(): Promise<void> {
    this.#worker.ref();
    this.#closed ??= new Promise<void>((resolve) => {
      this.#worker.once("exit", () => resolve());
      this.#worker.postMessage({ type: "close" } satisfies EngineRequest);
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** One question, one answer. */
  async #ask<Answer>(
    request: DistributiveOmit<JobRequest, "id">,
    signal: AbortSignal | undefined,
    read: (event: EngineEvent) => Answer | undefined,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const id = this.#start(request, {
      onEvent: (event) => {
        if (event.type === "failed") return reject(fromWireError(event.error));
        const answer = read(event);
        if (answer !== undefined) resolve(answer);
      },
      fail: reject,
    });
    const onAbort = (): void => {
      this.#worker.postMessage({ type: "abort", id } satisfies EngineRequest);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#stop(id, false);
    }
  }

  #start(request: DistributiveOmit<JobRequest, "id">, listener: Listener): number {
    if (this.#closed || this.#isClosing) throw new DisposedError("engine");
    const id = this.#nextId++;
    if (this.#listeners.size === 0) this.#worker.ref();
    this.#listeners.set(id, listener);
    this.#worker.postMessage({ ...request, id });
    return id;
  }

  #stop(id: number, isRunning: boolean): void {
    this.#listeners.delete(id);
    if (this.#listeners.size === 0) this.#becomeIdle();
    if (isRunning) this.#worker.postMessage({ type: "abort", id } satisfies EngineRequest);
  }

  #becomeIdle(): void {
    if (!this.#closed) this.#worker.unref();
    this.#idle.resolve();
    this.#idle = Promise.withResolvers<void>();
  }

  #failAll(error: Error): void {
    this.#closed ??= Promise.resolve();
    for (const listener of this.#listeners.values()) listener.fail(error);
    this.#listeners.clear();
    this.#idle.resolve();
  }
}

type JobRequest = Extract<
  EngineRequest,
  { type: "generate" | "logits" | "hiddenStates" | "stats" }
>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown
  ? Omit<Union, Key>
  : never;

/** The thread's file: TypeScript in the workspace, a bundle of its own when published. */
function workerUrl(): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? "./worker.ts" : "./engine-worker.js",
    import.meta.url,
  );
}

function load(worker: Worker, source: ModelSource, options: OpenEngineOptions): Promise<Loaded> {
  const { signal, onProgress, ...engineOptions } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Loaded>();
  const onAbort = (): void => reject(signal?.reason as Error);
  const onMessage = (event: EngineEvent): void => {
    if (event.type === "progress") {
      try {
        onProgress?.(event.doneBytes, event.totalBytes);
      } catch (error) {
        reject(error);
      }
    } else if (event.type === "warning") warn(event.message);
    else if (event.type === "loaded") resolve(event);
    else if (event.type === "loadFailed") reject(fromWireError(event.error));
  };
  const onError = (cause: Error): void => reject(threadDied(cause));
  const onExit = (code: number): void =>
    reject(new DeviceError("engine", `thread ended with code ${code} while loading`));

  signal?.addEventListener("abort", onAbort, { once: true });
  worker.on("message", onMessage).on("error", onError).on("exit", onExit);
  worker.postMessage({ type: "load", source, options: engineOptions } satisfies EngineRequest);
  return promise.finally(() => {
    signal?.removeEventListener("abort", onAbort);
    worker.off("message", onMessage).off("error", onError).off("exit", onExit);
  });
}

function warn(message: string): void {
  process.emitWarning(message, { type: "WeightCacheWarning", code: "WARN_WEIGHT_CACHE" });
}

/** How long a thread may take to end a load and remove its files; a session being made cannot be interrupted. */
const UNWIND_MS = 5000;

async function unwind(worker: Worker): Promise<void> {
  const exited = once(worker, "exit");
  worker.postMessage({ type: "close" } satisfies EngineRequest);
  await Promise.race([exited, setTimeout(UNWIND_MS, undefined, { ref: false })]);
  await worker.terminate();
}

function threadDied(cause: unknown): DeviceError {
  return new DeviceError("engine", `thread died: ${String(cause)}`, { cause });
}
