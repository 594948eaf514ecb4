import { DisposedError } from "@baichuan2/kernels";
import type { EngineThread } from "./engine-thread.ts";
import type { EngineEvent, EngineJob } from "./protocol.ts";
import { SequenceReleasedError } from "./sequence-released-error.ts";
import { fromWireError } from "./wire-error.ts";

/** How a question is put. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Resolves to the thread that is asked; default: the living one, started again if it has died. */
  readonly ready?: Promise<EngineThread> | undefined;
}

/**
 * The thread of an engine, one after another: when it has died the next question starts it again. Counts the calls that are
 * under way, so that it can end when they have.
 */
export class RestartingThread {
  readonly #reopen: () => Promise<EngineThread>;
  #thread: EngineThread;
  #starting: Promise<EngineThread> | undefined;
  #isClosed = false;
  #isClosing = false;
  /** Calls that `disposeWhenIdle` waits for. */
  #calls = 0;
  #lastCall = Promise.withResolvers<void>();

  constructor(thread: EngineThread, reopen: () => Promise<EngineThread>) {
    this.#thread = thread;
    this.#reopen = reopen;
  }

  /** Whether there is a thread, or will be one: else the next question starts it. */
  get isStarted(): boolean {
    return this.#starting !== undefined || this.#thread.isAlive;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether `disposeWhenIdle` lets no new call in. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** The thread, started again if it has died. */
  async ready(): Promise<EngineThread> {
    if (this.#isClosed) throw new DisposedError("engine");
    if (!this.#starting && this.#thread.isAlive) return this.#thread;
    this.#starting ??= this.#restart();
    const thread = await this.#starting;
    if (this.#isClosed) throw new DisposedError("engine");
    return thread;
  }

  /** A thread of before. @throws {SequenceReleasedError} if it has died with what it held, or is about to end. */
  async still(thread: EngineThread): Promise<EngineThread> {
    if (this.#isClosed || thread !== this.#thread || !thread.isAlive)
      throw new SequenceReleasedError();
    return thread;
  }

  /** Waits for a start that is under way. @returns the thread, unless it is dead or closed. */
  async alive(): Promise<EngineThread | undefined> {
    await this.#starting?.catch(() => {});
    return this.#isClosed || !this.#thread.isAlive ? undefined : this.#thread;
  }

  /** One question, one answer. */
  async ask<Answer>(
    request: EngineJob,
    read: (event: EngineEvent, thread: EngineThread) => Answer | undefined,
    { signal, ready = this.ready() }: AskOptions = {},
  ): Promise<Answer> {
    using _lease = this.lease();
    const thread = await ready;
    signal?.throwIfAborted(); // the wait was short, but long enough
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let isAborted = false;
    const id = thread.start(request, {
      onEvent: (event) => {
        if (event.type === "failed") return reject(fromWireError(event.error));
        const answer = read(event, thread);
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

  /** Keeps the thread for a call of several requests until it is disposed. */
  lease(): Disposable {
    this.#calls += 1;
    return {
      [Symbol.dispose]: () => {
        this.#calls -= 1;
        if (this.#calls === 0) this.#lastCall.resolve();
      },
    };
  }

  /** Lets calls and generations end, then stops the thread; there should be no new ones. */
  async disposeWhenIdle(): Promise<void> {
    this.#isClosing = true;
    while (this.#calls > 0) {
      await this.#lastCall.promise;
      this.#lastCall = Promise.withResolvers<void>();
    }
    await this.#thread.whenIdle();
    await this.dispose();
  }

  /** Ends all jobs and stops the thread. */
  async dispose(): Promise<void> {
    this.#isClosed = true;
    await this.#starting?.catch(() => {});
    await this.#thread.dispose();
  }

  async #restart(): Promise<EngineThread> {
    try {
      return (this.#thread = await this.#reopen());
    } finally {
      this.#starting = undefined;
    }
  }
}

/** Reads the answer of a request that gives nothing back. */
export function isDone(event: EngineEvent): true | undefined {
  return event.type === "done" || undefined;
}
