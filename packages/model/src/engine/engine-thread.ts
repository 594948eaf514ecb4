import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { DeviceError, DisposedError } from "@baichuan2/kernels";
import { threadArguments } from "@baichuan2/quant/node";
import type {
  EngineEvent,
  EngineJob,
  EngineOptions,
  EngineRequest,
  ModelSource,
} from "./protocol.ts";
import { fromWireError } from "./wire-error.ts";

/**
 * Most memory for objects that have just been made. An engine's are few (logits and weights lie outside of the heap), yet V8 lets
 * their space grow for hours under load, to 128 MB and more.
 */
const MAX_YOUNG_MB = 24;

/** Options of opening an engine. */
export interface OpenEngineOptions extends EngineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called while weights are read. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** What the thread says when a model is loaded. */
export type Loaded = Extract<EngineEvent, { type: "loaded" }>;

/** A request that waits for the thread's answers. */
export interface Listener {
  onEvent(event: EngineEvent): void;
  fail(error: Error): void;
}

/** A thread with a loaded model, and the requests that wait for it. It lives until `dispose`, or until it dies. */
export class EngineThread {
  readonly loaded: Loaded;
  readonly #worker: Worker;
  readonly #listeners = new Map<number, Listener>();
  #nextId = 0;
  #isAlive = true;
  #closed: Promise<void> | undefined;
  #idle = Promise.withResolvers<void>();

  private constructor(worker: Worker, loaded: Loaded) {
    this.#worker = worker;
    this.loaded = loaded;
    worker.on("message", (event: EngineEvent) => {
      if ("id" in event) this.#listeners.get(event.id)?.onEvent(event);
    });
    const hint = " (the next request starts it again)";
    worker.on("error", (cause) => this.#die(threadDied(`${String(cause)}${hint}`, cause)));
    worker.on("exit", (code) =>
      this.#die(
        this.#closed ? new DisposedError("engine") : threadDied(`exit code ${code}${hint}`),
      ),
    );
    worker.unref(); // a program that is done ends, whether it disposed the model or not
  }

  /**
   * Starts a thread and loads a model in it.
   *
   * @param entry - The thread's program.
   * @throws {CheckpointError | DeviceError | UnsupportedError} as the thread threw them.
   */
  static async open(
    source: ModelSource,
    options: OpenEngineOptions,
    entry = workerUrl(),
  ): Promise<EngineThread> {
    options.signal?.throwIfAborted();
    const worker = new Worker(entry, {
      execArgv: threadArguments(process.execArgv),
      resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_MB },
    });
    try {
      return new EngineThread(worker, await load(worker, source, options));
    } catch (error) {
      await unwind(worker);
      throw error;
    }
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Sends a request. @returns its number, for `stop`. */
  start(request: EngineJob, listener: Listener): number {
    const id = this.#nextId++;
    if (this.#listeners.size === 0) this.#worker.ref();
    this.#listeners.set(id, listener);
    this.post({ ...request, id });
    return id;
  }

  /** Listens to a request no longer; `isRunning`: and ends it. */
  stop(id: number, isRunning: boolean): void {
    this.#listeners.delete(id);
    if (isRunning) this.post({ type: "abort", id });
    if (this.#listeners.size > 0) return;
    if (!this.#closed) this.#worker.unref();
    this.#idle.resolve();
    this.#idle = Promise.withResolvers<void>();
  }

  /** Resolves when no request waits any more. */
  async whenIdle(): Promise<void> {
    while (this.#listeners.size > 0) await this.#idle.promise;
  }

  /** Ends all requests, frees the model and stops the thread. */
  dispose(): Promise<void> {
    if (!this.#isAlive) return Promise.resolve();
    this.#worker.ref();
    this.#closed ??= new Promise<void>((resolve) => {
      this.#worker.once("exit", () => resolve());
      this.post({ type: "close" });
    });
    return this.#closed;
  }

  /** Sends a message that is not answered; harmless when the thread is gone. */
  post(request: EngineRequest, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  #die(error: Error): void {
    this.#isAlive = false;
    for (const listener of this.#listeners.values()) listener.fail(error);
    this.#listeners.clear();
    this.#idle.resolve();
  }
}

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
  const onError = (cause: Error): void => reject(threadDied(String(cause), cause));
  const onExit = (code: number): void => reject(threadDied(`exit code ${code} while loading`));

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
  if (worker.threadId === -1) return; // it has died: no exit is to come
  const exited = once(worker, "exit");
  worker.postMessage({ type: "close" } satisfies EngineRequest);
  await Promise.race([exited, setTimeout(UNWIND_MS, undefined, { ref: false })]);
  await worker.terminate();
}

function threadDied(reason: string, cause?: unknown): DeviceError {
  return new DeviceError("engine", `its thread died: ${reason}`, { cause });
}
