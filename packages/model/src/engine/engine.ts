import type { ModelConfig } from "../config.ts";
import type { WeightDtype } from "../network/weight-plan.ts";
import type { Vocabulary } from "../structured/vocabulary.ts";
import type { AdapterInfo, AdapterSource } from "../adapter/loaded-adapter.ts";
import { EngineAdapters } from "./engine-adapters.ts";
import { EngineGeneration, type EngineGenerationOptions } from "./engine-generation.ts";
import type { EnginePrefix, EngineSequence } from "./engine-sequence.ts";
import { idleStats, type EngineStats } from "./engine-stats.ts";
import { EngineThread, type OpenEngineOptions } from "./engine-thread.ts";
import type { HiddenStates, Logits } from "./logits.ts";
import type { EngineJob, EngineOptions, GenerateJob, HeldPrefix, ModelSource } from "./protocol.ts";
import { isDone, RestartingThread, type AskOptions } from "./restarting-thread.ts";
import type { TokenScoring } from "./tasks/score-task.ts";

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
  readonly #thread: RestartingThread;
  readonly #toldVocabulary = new WeakSet<EngineThread>();

  private constructor(
    thread: EngineThread,
    { deterministic = false }: OpenEngineOptions,
    reopen: (adapters: EngineOptions["adapters"]) => Promise<EngineThread>,
  ) {
    this.#thread = new RestartingThread(thread, () => reopen(this.adapters.sources));
    this.isDeterministic = deterministic;
    this.config = thread.loaded.config;
    this.dtype = thread.loaded.dtype;
    this.adapters = new EngineAdapters(thread.loaded.adapters, this.#thread);
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
      EngineThread.open(source, { ...again, adapters, mayLoseAdapters: true }, entry),
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
    const thread = await (held ? this.#threadOf(held) : this.#thread.ready());
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
    const request = { type: "logits", tokenIds, last, adapter } as const;
    return this.#thread.ask(
      request,
      (event) => {
        if (event.type !== "logits") return undefined;
        const { data, vocabSize } = event;
        return { data, shape: [data.length / vocabSize, vocabSize] };
      },
      { signal },
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
    return this.#thread.ask(
      { type: "hiddenStates", tokenIds, adapter },
      (event) => {
        if (event.type !== "hiddenStates") return undefined;
        const { trace, vocabSize } = event;
        return { ...trace, logits: { data: trace.logits, shape: [tokenIds.length, vocabSize] } };
      },
      { signal },
    );
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
    return this.#thread.ask(
      { type: "score", tokenIds, from, list, adapter },
      (event) => (event.type === "scores" ? event.scoring : undefined),
      { signal },
    );
  }

  /** Mean of the states after the final norm over all tokens of a text; `[C]`. */
  embed(
    tokenIds: readonly number[],
    { list, adapter, signal }: OneOfMany = {},
  ): Promise<Float32Array> {
    return this.#thread.ask(
      { type: "embed", tokenIds, list, adapter },
      (event) => (event.type === "embedding" ? event.data : undefined),
      { signal },
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
    return this.adapters.load(source, signal);
  }

  /**
   * Frees an adapter's name at once; requests and held sequences that have begun with it go on with it, and its memory goes
   * with the last of them.
   *
   * @throws {AdapterError} if none has the name.
   */
  unloadAdapter(name: string): Promise<void> {
    return this.adapters.unload(name);
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
    return this.#thread.ask(
      { type: "append", held: prefixOf(held), tokenIds },
      (event) => (event.type === "appended" ? event.logits : undefined),
      { signal, ready: this.#threadOf(held) },
    );
  }

  /** A held sequence of the same tokens that goes its own way. */
  async fork(held: EnginePrefix): Promise<EngineSequence> {
    const request = { type: "fork", held: prefixOf(held) } as const;
    return (await this.#askHeld(request, { ready: this.#threadOf(held) })).sequence;
  }

  /** Gives the slots behind the prefix back. */
  async rollback(held: EnginePrefix): Promise<void> {
    const request = { type: "rollback", held: prefixOf(held) } as const;
    await this.#thread.ask(request, isDone, { ready: this.#threadOf(held) });
  }

  /** Writes a held sequence to a file. */
  async save(held: EnginePrefix, path: string, signal?: AbortSignal): Promise<void> {
    const request = { type: "save", held: prefixOf(held), path } as const;
    await this.#thread.ask(request, isDone, { signal, ready: this.#threadOf(held) });
  }

  /** Reads a sequence from a file; it is held until it is released. */
  restore(path: string, signal?: AbortSignal): Promise<HeldText> {
    return this.#askHeld({ type: "restore", path }, { signal });
  }

  /** Gives a held sequence's slots back. */
  release({ thread, sequenceId }: EngineSequence): void {
    if (thread.isAlive) thread.post({ type: "release", sequenceId });
  }

  /** Memory in use, and what the engine is doing; nothing where its thread has died, which stays so. */
  async stats(): Promise<EngineStats> {
    if (!this.#thread.isClosed && !this.#thread.isStarted) return idleStats();
    return this.#thread.ask({ type: "stats" }, (event) =>
      event.type === "stats" ? event.stats : undefined,
    );
  }

  /** Whether `disposeWhenIdle` lets no new call in. */
  get isClosing(): boolean {
    return this.#thread.isClosing;
  }

  /** Keeps the engine open for a call of several requests until it is disposed. */
  lease(): Disposable {
    return this.#thread.lease();
  }

  /** Lets calls and generations end, then frees the model and stops the thread; there should be no new ones. */
  disposeWhenIdle(): Promise<void> {
    return this.#thread.disposeWhenIdle();
  }

  /** Ends all jobs, frees the model and stops the thread. */
  dispose(): Promise<void> {
    return this.#thread.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #askHeld(request: EngineJob, options?: AskOptions): Promise<HeldText> {
    return this.#thread.ask(
      request,
      (event, thread) => {
        if (event.type !== "held") return undefined;
        const { sequenceId, tokenIds, adapter } = event;
        return { sequence: { thread, sequenceId }, tokenIds, adapter };
      },
      options,
    );
  }

  /** @throws {SequenceReleasedError} if a sequence was lost with its thread, or is about to be. */
  #threadOf({ sequence }: EnginePrefix): Promise<EngineThread> {
    return this.#thread.still(sequence.thread);
  }
}

function prefixOf({ sequence, length }: EnginePrefix): HeldPrefix {
  return { sequenceId: sequence.sequenceId, length };
}
