import { QuantError } from "../quant-error.ts";
import { itemsUntilAborted, untilAborted } from "./abortable.ts";
import { transferables, withOwnBuffer } from "./buffers.ts";
import type { QuantRequest, QuantResponse } from "./protocol.ts";
import type { QuantJob, QuantResult } from "./quant-job.ts";
import { QuantPoolError } from "./quant-pool-error.ts";
import { runJob } from "./run-job.ts";
import { fromWireError } from "./wire-error.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Options of a pool. */
export interface QuantPoolOptions {
  /** How many threads work; 0 works on the calling thread, where threads cannot be started. */
  readonly threads: number;
  /** Starts one; called when there is work for it. */
  readonly spawn: () => WorkerLike;
}

/** Options of a pool's jobs. */
export interface QuantRunOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A job that waits or runs. */
interface Task {
  readonly job: QuantJob;
  readonly resolve: (result: QuantResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs encoders on threads of its own. Owns the threads: `dispose` ends them. Idle ones do not keep a Node process alive.
 */
export class QuantPool implements AsyncDisposable {
  readonly threads: number;
  readonly #spawn: () => WorkerLike;
  readonly #workers = new Set<WorkerLike>();
  readonly #idle: WorkerLike[] = [];
  readonly #running = new Map<WorkerLike, Task>();
  readonly #queue: Task[] = [];
  /** Why there is no more work. */
  #end: QuantPoolError | undefined;
  #closed: Promise<void> | undefined;

  /** @throws {QuantError} if `threads` is not an integer of 0 or more. */
  constructor({ threads, spawn }: QuantPoolOptions) {
    if (!Number.isInteger(threads) || threads < 0)
      throw new QuantError("QuantPool", "threads of 0 or more", String(threads));
    this.threads = threads;
    this.#spawn = spawn;
  }

  /**
   * Runs one job, after those that came before.
   *
   * @param job - The buffer of its values moves to the thread; a view of a part of a buffer is copied.
   * @throws {QuantError} as the encoder does; {@link QuantPoolError} if the pool ends first; the signal's reason when it
   * aborts: at once, though a job that runs already occupies its thread to its end.
   */
  async run<Job extends QuantJob>(
    job: Job,
    { signal }: QuantRunOptions = {},
  ): Promise<QuantResult<Job>> {
    signal?.throwIfAborted();
    if (this.#end) throw this.#end;
    if (this.threads === 0) return runJob(job);
    const { promise, resolve, reject } = Promise.withResolvers<QuantResult>();
    const task: Task = { job, resolve, reject };
    this.#queue.push(task);
    this.#startNext();
    try {
      return (await untilAborted(promise, signal)) as QuantResult<Job>;
    } finally {
      const waiting = this.#queue.indexOf(task);
      if (waiting >= 0) this.#queue.splice(waiting, 1);
    }
  }

  /**
   * Runs many jobs; results come in the order of the jobs. At most `threads + 1` jobs are taken ahead of the results that
   * were read, so a slow reader bounds the memory. Leaving the loop drops what waits.
   *
   * @throws as {@link run}, and what `jobs` throws.
   */
  async *map<Job extends QuantJob>(
    jobs: AsyncIterable<Job> | Iterable<Job>,
    { signal }: QuantRunOptions = {},
  ): AsyncGenerator<QuantResult<Job>, void, undefined> {
    const left = new AbortController();
    const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    const pending: Promise<QuantResult<Job>>[] = [];
    try {
      for await (const job of itemsUntilAborted(jobs, either)) {
        const result = this.run(job, { signal: either });
        result.catch(() => {}); // told when its turn comes
        if (pending.push(result) > this.threads) yield await first(pending);
      }
      while (pending.length > 0) yield await first(pending);
    } finally {
      left.abort();
    }
  }

  /** Ends the threads; jobs that wait or run reject with a {@link QuantPoolError}. */
  dispose(): Promise<void> {
    return this.#close(QuantPoolError.disposed());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #startNext(): void {
    const [task] = this.#queue;
    if (!task || this.#end) return;
    try {
      const worker = this.#idle.pop() ?? this.#spawnUpToLimit();
      if (!worker) return;
      this.#queue.shift();
      this.#running.set(worker, task);
      this.#send(worker, task);
    } catch (cause) {
      void this.#close(QuantPoolError.threadDied(`it cannot be started: ${String(cause)}`, cause));
    }
  }

  #send(worker: WorkerLike, task: Task): void {
    worker.ref?.();
    try {
      const request: QuantRequest = { job: withOwnBuffer(task.job) };
      worker.postMessage(request, transferables(request.job));
    } catch (error) {
      // A buffer that has moved already, or options that are no data: the job's fault.
      this.#settle(worker, () => task.reject(error));
    }
  }

  #spawnUpToLimit(): WorkerLike | undefined {
    if (this.#workers.size >= this.threads) return undefined;
    const worker = this.#spawn();
    this.#workers.add(worker);
    worker.addEventListener("message", ({ data }) => this.#receive(worker, data));
    worker.addEventListener("error", (event) => {
      const what = event.message ?? "it cannot be loaded";
      void this.#close(QuantPoolError.threadDied(what, event));
    });
    worker.addEventListener("messageerror", (event) => {
      void this.#close(QuantPoolError.threadDied("its answer cannot be read", event));
    });
    return worker;
  }

  #receive(worker: WorkerLike, response: QuantResponse): void {
    const task = this.#running.get(worker);
    this.#settle(worker, () => {
      if ("error" in response) task?.reject(fromWireError(response.error));
      else task?.resolve(response.result);
    });
  }

  #settle(worker: WorkerLike, tell: () => void): void {
    this.#running.delete(worker);
    worker.unref?.();
    this.#idle.push(worker);
    tell();
    this.#startNext();
  }

  #close(reason: QuantPoolError): Promise<void> {
    if (this.#closed) return this.#closed;
    this.#end = reason;
    const tasks = [...this.#running.values(), ...this.#queue.splice(0)];
    this.#running.clear();
    for (const task of tasks) task.reject(reason);
    this.#closed = Promise.allSettled([...this.#workers].map((worker) => worker.terminate())).then(
      () => {},
    );
    return this.#closed;
  }
}

function first<T>(pending: Promise<T>[]): Promise<T> {
  return pending.shift() ?? Promise.reject(new RangeError("nothing is pending"));
}
