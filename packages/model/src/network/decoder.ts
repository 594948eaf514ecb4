import type { Backend, CompileOptions, Executable, Tensor, WeightReader } from "@baichuan2/kernels";
import {
  KvCache,
  type KvCacheStats,
  type Reservation,
  type ReservedTokens,
} from "../cache/kv-cache.ts";
import { adaptersNotEnabled } from "../adapter/adapter-error.ts";
import { AdapterSet } from "../adapter/adapter-set.ts";
import type { Sequence, SequenceAdapter } from "../cache/sequence.ts";
import type { ModelConfig } from "../config.ts";
import { buildInferenceGraph, FINAL_NORM, type InferenceGraphOptions } from "./inference-graph.ts";
import { prefillCuts } from "./prefill.ts";
import { RunFeeds } from "./run-feeds.ts";
import { cacheRows, LOGITS, outputNames, releaseRows, rowsPerItem } from "./run-outputs.ts";
import { TokenIdError } from "./token-id-error.ts";

export type { Sequence } from "../cache/sequence.ts";

/** What one sequence brings to a run. */
export interface BatchItem {
  readonly sequence: Sequence;
  /** New tokens; at least one. */
  readonly tokenIds: readonly number[];
  /** Rows that get logits: none, the last, all, or so many of the last. */
  readonly logits: "none" | "last" | "all" | number;
}

/** How a decoder keeps and runs sequences. */
export interface DecoderOptions extends CompileOptions, InferenceGraphOptions {
  /**
   * Tokens whose keys and values can be held, those of the prefix cache included; a function is asked when the weights
   * stand. Default: no limit.
   */
  readonly maxSlots?: number | (() => number) | undefined;
  /** Tokens that may be kept for later sequences with the same beginning. Default 0: none. */
  readonly prefixCacheSlots?: number | undefined;
  /**
   * What a sequence gives does not depend on what else there is, bit for bit: each item runs alone, over its own slots in
   * order, and beginnings are shared in whole prefill chunks. Prompts must be cut at `prefillCuts`.
   */
  readonly deterministic?: boolean | undefined;
}

/** What a run gives, an array per item; empty for "none". */
export interface ForwardResult {
  /** `[R, V]` each, row-major. */
  readonly logits: Float32Array[];
  /** States after the final norm of the same rows, `[R, C]` each, where they were asked for. */
  readonly hidden: Float32Array[];
}

/** An item on its way through a run. */
interface Running extends ReservedTokens {
  readonly outputRows: number;
}

/**
 * Runs the inference graph over sequences: bookkeeping of slots, masks and positions around one `Executable`.
 *
 * One run at a time: it reads the slots that the one before has written. Sequences may be forked, cut and freed while one
 * is under way.
 */
export class Decoder {
  readonly config: ModelConfig;
  /** Whether its graph has the outputs of `trace`. */
  readonly isTraced: boolean;
  /** Whether sequences are independent of each other, bit for bit. */
  readonly isDeterministic: boolean;
  /** Keys and values of all sequences. */
  readonly cache: KvCache;
  /** Adapters that sequences may have; undefined where the graph takes none. */
  readonly adapters: AdapterSet | undefined;
  readonly #executable: Executable;
  readonly #feeds: RunFeeds;
  /** The run in flight. */
  #running: Promise<unknown> | undefined;
  /** Outputs of the last run besides logits and cache rows; only with `trace`. */
  traced: Readonly<Record<string, Tensor>> = {};

  private constructor(config: ModelConfig, executable: Executable, options: DecoderOptions) {
    this.config = config;
    this.isTraced = Boolean(options.trace);
    this.isDeterministic = options.deterministic ?? false;
    this.cache = new KvCache(config, {
      maxSlots: typeof options.maxSlots === "function" ? options.maxSlots() : options.maxSlots,
      prefixCacheSlots: options.prefixCacheSlots,
      wholeChunks: options.deterministic ? prefillCuts(config) : undefined,
    });
    this.adapters = options.adapters ? new AdapterSet(config) : undefined;
    this.#executable = executable;
    this.#feeds = new RunFeeds(config);
  }

  /** Compiles the graph of `config` on a backend, reading every weight once. */
  static async create(
    config: ModelConfig,
    backend: Backend,
    weights: WeightReader,
    options: DecoderOptions = {},
  ): Promise<Decoder> {
    const graph = buildInferenceGraph(config, options);
    return new Decoder(config, await backend.compile(graph, weights, options), options);
  }

  /** Bytes reserved for keys and values. */
  get cacheBytes(): number {
    return this.cache.pool.sizeBytes;
  }

  /** What the cache holds and what its prefixes have saved. */
  get cacheStats(): KvCacheStats {
    return this.cache.stats;
  }

  /** An empty sequence. */
  createSequence(adapter?: SequenceAdapter): Sequence {
    return this.cache.createSequence(adapter);
  }

  /** A sequence of the same tokens that goes its own way from here; nothing is copied. */
  fork(sequence: Sequence): Sequence {
    return this.cache.fork(sequence);
  }

  /** Cuts a sequence back to its first `length` tokens. */
  rollback(sequence: Sequence, length: number): void {
    this.cache.rollback(sequence, length);
  }

  /** Gives a sequence's slots back; it is empty afterwards. Harmless if it is already. */
  free(sequence: Sequence): void {
    this.cache.free(sequence);
  }

  /** Zeroes rows that are no numbers, where no other sequence reads them; to be called before it is freed. */
  scrub(sequence: Sequence): void {
    this.cache.scrub(sequence);
  }

  /**
   * Gives an empty sequence the longest beginning of a text that is remembered of its adapter, at most all but the last
   * token.
   *
   * @returns its length in tokens; 0 if there is none.
   */
  adopt(sequence: Sequence, tokenIds: readonly number[]): number {
    return this.cache.adopt(sequence, tokenIds);
  }

  /** Keeps a sequence's tokens for `adopt`, within `prefixCacheSlots`; not those of an adapter that was removed. */
  remember(sequence: Sequence): void {
    const { adapter } = sequence;
    if (!adapter || this.adapters?.has(adapter)) this.cache.remember(sequence);
  }

  /**
   * Frees an adapter's name and forgets what was remembered with it; sequences that have it keep it.
   *
   * @throws {AdapterError} if none has the name, or the graph takes none.
   */
  removeAdapter(name: string): void {
    const { adapters } = this;
    if (!adapters) throw adaptersNotEnabled(name);
    const adapter = adapters.remove(name);
    if (adapter) this.cache.forgetAdapter(adapter);
  }

  /** @throws {TokenIdError} for the first id that has no embedding. */
  checkTokenIds(tokenIds: readonly number[]): void {
    const { vocabSize } = this.config;
    const bad = tokenIds.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (bad !== undefined) throw new TokenIdError(bad, vocabSize);
  }

  /**
   * Runs new tokens of one or more sequences at once and appends them to their sequences.
   *
   * @param batch - Each sequence at most once.
   * @returns logits `[R, V]` per item, row-major; empty for "none".
   * @throws {TokenIdError} before anything has run; sequences are then unchanged, as after any other error.
   * @throws {KvCacheFullError} if there is no room for the tokens, even without those kept for later.
   */
  async forward(batch: readonly BatchItem[]): Promise<Float32Array[]> {
    return (await this.run(batch)).logits;
  }

  /**
   * As `forward`, with more to tell.
   *
   * @param options.hidden - Also gives the states after the final norm.
   */
  async run(
    batch: readonly BatchItem[],
    { hidden = false }: { readonly hidden?: boolean } = {},
  ): Promise<ForwardResult> {
    for (const { tokenIds } of batch) this.checkTokenIds(tokenIds);
    if (this.#running)
      throw new Error("decoder: expected one run at a time, got a second (await the first)");
    const run = this.isDeterministic
      ? this.#runOneByOne(batch, hidden)
      : this.#runTogether(batch, hidden);
    this.#running = run;
    try {
      return await run;
    } finally {
      this.#running = undefined;
    }
  }

  /** Does work that takes or moves slots: at once, or as soon as the run in flight has ended. */
  async betweenRuns<Result>(work: () => Result): Promise<Result> {
    while (this.#running) await this.#running.catch(() => {});
    return work();
  }

  async dispose(): Promise<void> {
    await this.#executable.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #runOneByOne(batch: readonly BatchItem[], hidden: boolean): Promise<ForwardResult> {
    const lengths = batch.map(({ sequence }) => sequence.slots.length);
    const results: ForwardResult = { logits: [], hidden: [] };
    try {
      for (const item of batch) {
        const { logits, hidden: states } = await this.#runTogether([item], hidden);
        results.logits.push(...logits);
        results.hidden.push(...states);
      }
    } catch (error) {
      for (const [index, { sequence }] of batch.entries())
        this.cache.rollback(sequence, Math.min(sequence.slots.length, lengths[index] ?? 0));
      throw error;
    }
    return results;
  }

  async #runTogether(batch: readonly BatchItem[], hidden: boolean): Promise<ForwardResult> {
    const reservation = this.cache.reserve(batch);
    const items = reservation.items.map((item, index): Running => {
      return { ...item, outputRows: outputRowsOf(batch[index] as BatchItem) };
    });
    try {
      const results = await this.#execute(reservation, items, hidden);
      this.#storeRows(items, results);
      if (this.isTraced) this.traced = results;
      const { vocabSize, hiddenSize } = this.config;
      return {
        logits: rowsPerItem(items, results[LOGITS], vocabSize),
        hidden: rowsPerItem(items, results[FINAL_NORM], hiddenSize),
      };
    } catch (error) {
      this.cache.abandon(reservation);
      throw error;
    }
  }

  async #execute(
    { window }: Reservation,
    items: readonly Running[],
    hidden: boolean,
  ): Promise<Record<string, Tensor>> {
    const { pool } = this.cache;
    const rows = items.map(({ state, tokenIds, outputRows }) => {
      return { slots: state.slots, tokenIds, outputRows };
    });
    const adapted = items.map(({ state, tokenIds }) => {
      return { adapter: state.adapter, count: tokenIds.length };
    });
    const hasOutputs = items.some(({ outputRows }) => outputRows > 0);
    const wanted = { logits: hasOutputs, hidden: hasOutputs && hidden };
    const fetches = this.isTraced ? undefined : outputNames(this.config.numHiddenLayers, wanted);
    pool.isRead = true;
    try {
      const feeds = { ...this.#feeds.write(rows, window, pool), ...this.adapters?.feeds(adapted) };
      return await this.#executable.run(feeds, fetches);
    } finally {
      pool.isRead = false;
    }
  }

  #storeRows(items: readonly Running[], results: Readonly<Record<string, Tensor>>): void {
    const layers = cacheRows(results, this.config.numHiddenLayers);
    const { pool } = this.cache;
    let end = 0;
    for (const item of items) {
      const start = end;
      end += item.tokenIds.length * pool.slotWidth;
      const [first, last] = [start, end];
      this.cache.commit(item, (slots) => {
        for (const [layer, { keys, values }] of layers.entries())
          pool.store(layer, slots, {
            keys: keys.subarray(first, last),
            values: values.subarray(first, last),
          });
      });
    }
    // Buffers of a traced run are its caller's.
    if (!this.isTraced) releaseRows(layers);
  }
}

function outputRowsOf({ logits, tokenIds }: BatchItem): number {
  if (typeof logits === "number") return Math.min(logits, tokenIds.length);
  return logits === "all" ? tokenIds.length : Number(logits === "last");
}
