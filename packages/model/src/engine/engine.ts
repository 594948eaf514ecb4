import { DisposedError } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";
import type { WeightDtype } from "../network/weight-plan.ts";
import type { Vocabulary } from "../structured/vocabulary.ts";
import { AdapterError } from "../adapter/adapter-error.ts";
import type { AdapterInfo, AdapterSource } from "../adapter/loaded-adapter.ts";
import { EngineAdapters } from "./engine-adapters.ts";
import { EngineGeneration, type EngineGenerationOptions } from "./engine-generation.ts";
import type { EnginePrefix, EngineSequence } from "./engine-sequence.ts";
import { idleStats, type EngineStats } from "./engine-stats.ts";
import { EngineThread, type OpenEngineOptions } from "./engine-thread.ts";
import type { HiddenStates, Logits } from "./logits.ts";
import type {
  EngineEvent,
  EngineJob,
  EngineOptions,
  GenerateJob,
  HeldPrefix,
  ModelSource,
} from "./protocol.ts";
import { SequenceReleasedError } from "./sequence-released-error.ts";
import type { TokenScoring } from "./tasks/score-task.ts";
import { fromWireError } from "./wire-error.ts";

/** What response formats are compiled for; told to the thread when the first one comes. */
export interface FormatVocabulary {
  readonly vocabulary: Vocabulary;
  readonly eosTokenIds: readonly number[];
}

/** A held sequence with its text. */
export interface HeldText {
  readonly sequence: EngineSequence;
  readonly tokenIds: readonly number[];
  /** Name of the adapter that it runs with. */
  readonly adapter?: string | undefined;
}

/** Options of a request that runs a text. */
export interface TextOptions {
  readonly signal?: AbortSignal | undefined;
  /** Name of a loaded adapter; default none. */
  readonly adapter?: string | undefined;
}

/** Options of a request that may be one of a list. */
export interface OneOfMany extends TextOptions {
  /** Requests with the same number wait for room as one (`maxWaiting`). */
  readonly list?: number | undefined;
}

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
  /** Whether sequences are independent of each other, bit for bit. */
  readonly isDeterministic: boolean;
  /** Adapters that requests may name. */
  readonly adapters: EngineAdapters;
  readonly #reopen: (adapters: EngineOptions["adapters"]) => Promise<EngineThread>;
  #thread: EngineThread;
  #starting: Promise<EngineThread> | undefined;
  #isClosed = false;
  #isClosing = false;
  /** Calls that `disposeWhenIdle` waits for. */
  #calls = 0;
  #lastCall = Promise.withResolvers<void>();
  readonly #toldVocabulary = new WeakSet<EngineThread>();

  private constructor(
    thread: EngineThread,
    { deterministic = false }: OpenEngineOptions,
    reopen: (adapters: EngineOptions["adapters"]) => Promise<EngineThread>,
  ) {
    this.#thread = thread;
    this.#reopen = reopen;
    this.isDeterministic = deterministic;
    this.config = thread.loaded.config;
    this.dtype = thread.loaded.dtype;
    this.adapters = new EngineAdapters(thread.loaded.adapters);
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
    return new Engine(thread, options, (adapters) =>
      EngineThread.open(source, { ...again, adapters }, entry),
    );
  }

  /**
   * Starts a generation.
   *
   * @param options.held - A held sequence that the prompt continues.
   * @param options.vocabulary - Asked for once, where the job has a format.
   * @throws the signal's reason, if it has aborted.
   */
  async generate(
    job: GenerateJob,
    options: EngineGenerationOptions & {
      readonly held?: EnginePrefix | undefined;
      readonly vocabulary?: (() => FormatVocabulary) | undefined;
    } = {},
  ): Promise<EngineGeneration> {
    const { signal, held, vocabulary } = options;
    signal?.throwIfAborted();
    using _lease = this.lease();
    const thread = await (held ? this.#threadOf(held) : this.#ready());
    signal?.throwIfAborted(); // the wait was short, but long enough
    if (job.format && vocabulary && !this.#toldVocabulary.has(thread)) {
      thread.post({ type: "vocabulary", ...vocabulary() });
      this.#toldVocabulary.add(thread);
    }
    return new EngineGeneration(thread, { ...job, held: held && prefixOf(held) }, options);
  }

  /**
   * Logits after each token of a text, or after the last.
   *
   * @param last - Only the last position: `[1, V]` instead of `[T, V]`.
   */
  logits(
    tokenIds: readonly number[],
    last: boolean,
    { adapter, signal }: TextOptions = {},
  ): Promise<Logits> {
    return this.#ask({ type: "logits", tokenIds, last, adapter }, signal, (event) =>
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
  hiddenStates(
    tokenIds: readonly number[],
    { adapter, signal }: TextOptions = {},
  ): Promise<HiddenStates> {
    return this.#ask({ type: "hiddenStates", tokenIds, adapter }, signal, (event) => {
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
  score(
    tokenIds: readonly number[],
    from: number,
    { list, adapter, signal }: OneOfMany = {},
  ): Promise<TokenScoring> {
    return this.#ask({ type: "score", tokenIds, from, list, adapter }, signal, (event) =>
      event.type === "scores" ? event.scoring : undefined,
    );
  }

  /** Mean of the states after the final norm over all tokens of a text; `[C]`. */
  embed(
    tokenIds: readonly number[],
    { list, adapter, signal }: OneOfMany = {},
  ): Promise<Float32Array> {
    return this.#ask({ type: "embed", tokenIds, list, adapter }, signal, (event) =>
      event.type === "embedding" ? event.data : undefined,
    );
  }

  /** A new, empty sequence that the thread holds until it is released. */
  async hold(adapter?: string): Promise<EngineSequence> {
    return (await this.#askHeld({ type: "hold", adapter })).sequence;
  }

  /**
   * Reads an adapter from its folder; requests may name it then.
   *
   * @throws {AdapterError | CheckpointError | UnsupportedError} if it cannot be used.
   */
  loadAdapter(source: AdapterSource, signal?: AbortSignal): Promise<AdapterInfo> {
    const { name } = source;
    return this.adapters.load(name, async () => {
      try {
        return await this.#ask({ type: "loadAdapter", source }, signal, (event) =>
          event.type === "adapterLoaded" ? event.info : undefined,
        );
      } catch (error) {
        // An abort may have crossed the answer: the thread must not keep what nobody knows of.
        if (signal?.aborted) await this.#dropAdapter(name);
        throw error;
      }
    });
  }

  /**
   * Frees an adapter's name at once; requests and held sequences that have begun with it go on with it, and its memory goes
   * with the last of them.
   *
   * @throws {AdapterError} if none has the name.
   */
  async unloadAdapter(name: string): Promise<void> {
    this.adapters.remove(name);
    await this.#dropAdapter(name);
  }

  async #dropAdapter(name: string): Promise<void> {
    await this.#starting?.catch(() => {});
    if (this.#isClosed || !this.#thread.isAlive) return; // gone with its thread
    await this.#ask({ type: "unloadAdapter", name }, undefined, isDone).catch((error: unknown) => {
      if (!(error instanceof AdapterError) && this.#thread.isAlive) throw error;
    });
  }

  /**
   * Runs tokens of a held sequence. Where that fails or is aborted the sequence is as it was.
   *
   * @param tokenIds - At least one.
   * @returns logits after the last, `[V]`.
   */
  append(
    held: EnginePrefix,
    tokenIds: readonly number[],
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    return this.#ask(
      { type: "append", held: prefixOf(held), tokenIds },
      signal,
      (event) => (event.type === "appended" ? event.logits : undefined),
      this.#threadOf(held),
    );
  }

  /** A held sequence of the same tokens that goes its own way. */
  async fork(held: EnginePrefix): Promise<EngineSequence> {
    const request = { type: "fork", held: prefixOf(held) } as const;
    return (await this.#askHeld(request, undefined, this.#threadOf(held))).sequence;
  }

  /** Gives the slots behind the prefix back. */
  async rollback(held: EnginePrefix): Promise<void> {
    const request = { type: "rollback", held: prefixOf(held) } as const;
    await this.#ask(request, undefined, isDone, this.#threadOf(held));
  }

  /** Writes a held sequence to a file. */
  async save(held: EnginePrefix, path: string, signal?: AbortSignal): Promise<void> {
    const request = { type: "save", held: prefixOf(held), path } as const;
    await this.#ask(request, signal, isDone, this.#threadOf(held));
  }

  /** Reads a sequence from a file; it is held until it is released. */
  restore(path: string, signal?: AbortSignal): Promise<HeldText> {
    return this.#askHeld({ type: "restore", path }, signal);
  }

  /** Gives a held sequence's slots back. */
  release({ thread, sequenceId }: EngineSequence): void {
    if (thread.isAlive) thread.post({ type: "release", sequenceId });
  }

  /** Memory in use, and what the engine is doing; nothing where its thread has died, which stays so. */
  async stats(): Promise<EngineStats> {
    if (!this.#isClosed && !this.#starting && !this.#thread.isAlive) return idleStats();
    return this.#ask({ type: "stats" }, undefined, (event) =>
      event.type === "stats" ? event.stats : undefined,
    );
  }

  /** Whether `disposeWhenIdle` lets no new call in. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Keeps the engine open for a call of several requests until it is disposed. */
  lease(): Disposable {
    this.#calls += 1;
    return {
      [Symbol.dispose]: () => {
        this.#calls -= 1;
        if (this.#calls === 0) this.#lastCall.resolve();
      },
    };
  }

  /** Lets calls and generations end, then frees the model and stops the thread; there should be no new ones. */
  async disposeWhenIdle(): Promise<void> {
    this.#isClosing = true;
    while (this.#calls > 0) {
      await this.#lastCall.promise;
      this.#lastCall = Promise.withResolvers<void>();
    }
    await this.#thread.whenIdle();
    await this.dispose();
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
    request: EngineJob,
    signal: AbortSignal | undefined,
    read: (event: EngineEvent, thread: EngineThread) => Answer | undefined,
    ready: Promise<EngineThread> = this.#ready(),
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

  #askHeld(
    request: EngineJob,
    signal?: AbortSignal,
    ready?: Promise<EngineThread>,
  ): Promise<HeldText> {
    return this.#ask(
      request,
      signal,
      (event, thread) => {
        if (event.type !== "held") return undefined;
        const { sequenceId, tokenIds, adapter } = event;
        return { sequence: { thread, sequenceId }, tokenIds, adapter };
      },
      ready,
    );
  }

  /** @throws {SequenceReleasedError} if a sequence was lost with its thread, or is about to be. */
  async #threadOf({ sequence: { thread } }: EnginePrefix): Promise<EngineThread> {
    if (this.#isClosed || thread !== this.#thread || !thread.isAlive)
      throw new SequenceReleasedError();
    return thread;
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
      return (this.#thread = await this.#reopen(this.adapters.sources));
    } finally {
      this.#starting = undefined;
    }
  }
}

function isDone(event: EngineEvent): true | undefined {
  return event.type === "done" || undefined;
}

function prefixOf({ sequence, length }: EnginePrefix): HeldPrefix {
  return { sequenceId: sequence.sequenceId, length };
}
