import { planCompaction, windowOf, type NeededSlots, type SlotWindow } from "./compaction.ts";
import { ContiguousSlots } from "./contiguous-slots.ts";
import { KvCacheFullError } from "./kv-cache-full-error.ts";
import { KvPool } from "./kv-pool.ts";
import type { LayerRows, SlotShape } from "./kv-rows.ts";
import { PrefixCache, type PrefixCacheStats } from "./prefix-cache.ts";
import { everyToken, type PrefixUnits } from "./prefix-units.ts";
import { SequenceState, stateOf, type Sequence, type SequenceAdapter } from "./sequence.ts";

/** Runs between two compactions at least: batches that take turns must not move each other's slots all the time. */
const RUNS_BETWEEN_COMPACTIONS = 16;

/** Options of a KV cache. */
export interface KvCacheOptions {
  /** Tokens that can be held, those of the prefix cache included. Default: what memory allows. */
  readonly maxSlots?: number | undefined;
  /** Tokens that may be kept for later texts with the same beginning. Default 0: none. */
  readonly prefixCacheSlots?: number | undefined;
  /**
   * Chunks that a text runs in from its start: a sequence's slots then lie in order without gaps, and only whole chunks
   * are shared, so that nothing it reads depends on others. Default: slots lie anywhere, any beginning is shared.
   */
  readonly wholeChunks?: PrefixUnits | undefined;
}

/** New tokens of a sequence. */
export interface NewTokens {
  readonly sequence: Sequence;
  readonly tokenIds: readonly number[];
}

/** What is known of a sequence besides its tokens and rows. */
export interface RestoredState extends Partial<Pick<SequenceState, "chunkedTokens" | "adapter">> {}

/** An item of a run whose slots are ready. */
export interface ReservedTokens {
  readonly state: SequenceState;
  readonly tokenIds: readonly number[];
  readonly version: number;
}

/** What a run is to read, and what it will write. */
export interface Reservation {
  readonly window: SlotWindow;
  readonly items: readonly ReservedTokens[];
}

/** What a KV cache holds. */
export interface KvCacheStats {
  /** Tokens held. */
  readonly usedSlots: number;
  /** Of these, held for later only. */
  readonly cachedOnlySlots: number;
  /** Tokens that there is memory for already. */
  readonly capacity: number;
  readonly maxSlots: number;
  /** Memory reserved. */
  readonly sizeBytes: number;
  readonly prefixCache: PrefixCacheStats;
}

/**
 * Keys and values of all texts: sequences, what they share, and what is kept for later ones.
 *
 * Contents may move between slots; whoever holds slot numbers is a sequence or the prefix cache, and is told here.
 */
export class KvCache {
  readonly pool: KvPool;
  readonly #prefixes: PrefixCache;
  readonly #units: PrefixUnits | undefined;
  readonly #contiguous: ContiguousSlots;
  /** Sequences that hold slots. */
  readonly #holders = new Set<SequenceState>();
  #runsSinceCompaction = RUNS_BETWEEN_COMPACTIONS;
  #needed = new Uint8Array(0);

  constructor(shape: SlotShape, options: KvCacheOptions = {}) {
    const { maxSlots, prefixCacheSlots = 0, wholeChunks } = options;
    this.pool = new KvPool(shape, maxSlots);
    this.#units = wholeChunks;
    const limits = { maxCachedSlots: prefixCacheSlots, units: wholeChunks };
    this.#prefixes = new PrefixCache(this.pool.table, limits);
    this.#contiguous = new ContiguousSlots(this.pool, (target) => this.#permute(target));
  }

  get stats(): KvCacheStats {
    const { used, cachedOnly, limit } = this.pool.table;
    const growth = [...this.#holders].reduce((sum, { fresh }) => sum + fresh.length, 0);
    return {
      usedSlots: used - growth,
      cachedOnlySlots: cachedOnly,
      capacity: this.pool.capacity,
      maxSlots: limit,
      sizeBytes: this.pool.sizeBytes,
      prefixCache: this.#prefixes.stats,
    };
  }

  /** An empty sequence. */
  createSequence(adapter?: SequenceAdapter): Sequence {
    return new SequenceState(adapter);
  }

  /** A sequence of the same tokens that goes its own way from here; both share their slots. */
  fork(sequence: Sequence): Sequence {
    const state = stateOf(sequence);
    const branch = new SequenceState(state.adapter);
    this.#hold(branch, state.tokenIds, state.slots);
    branch.chunkedTokens = state.chunkedTokens;
    return branch;
  }

  /**
   * Cuts a sequence back to its first tokens.
   *
   * @throws {Error} if it is not that long.
   */
  rollback(sequence: Sequence, length: number): void {
    const state = stateOf(sequence);
    if (!Number.isInteger(length) || length < 0 || length > state.slots.length)
      throw new Error(
        `rollback: expected a length from 0 to ${state.slots.length}, got ${length} (it only goes back)`,
      );
    if (length === state.slots.length) return;
    this.#dropFresh(state);
    this.pool.release(state.slots.slice(length));
    state.slots.length = length;
    state.tokenIds.length = length;
    state.version += 1;
    state.chunkedTokens = Math.min(state.chunkedTokens, this.#cuts.floor(length));
    if (length === 0) this.#holders.delete(state);
    this.#prefixes.trim();
  }

  /** Gives a sequence's slots back; it is empty afterwards, and may be freed again. */
  free(sequence: Sequence): void {
    const state = stateOf(sequence);
    this.#dropFresh(state);
    state.version += 1;
    this.rollback(sequence, 0);
  }

  /**
   * Zeroes a sequence's rows from the first on that are no numbers, where no other sequence owns them, and lets no later text
   * begin with them. They would poison runs that only mask their slots: NaN times a weight of 0 is NaN.
   */
  scrub(sequence: Sequence): void {
    const { slots, tokenIds, adapter } = stateOf(sequence);
    const first = slots.findIndex((slot) => !this.pool.isFinite(slot));
    if (first < 0) return;
    this.#prefixes.forget(tokenIds, first, adapter);
    const bad = slots.slice(first);
    this.pool.zero(bad.filter((slot) => this.pool.table.countOf(slot) === 1));
  }

  /**
   * Gives an empty sequence the longest beginning of a text that is remembered of its adapter, the text's last token
   * excepted.
   *
   * @returns its length.
   * @throws {Error} if the sequence has tokens.
   */
  adopt(sequence: Sequence, tokenIds: readonly number[]): number {
    const state = stateOf(sequence);
    if (state.slots.length > 0)
      throw new Error(
        `adopt: expected an empty sequence, got ${state.slots.length} tokens (adopt first)`,
      );
    const slots = this.#prefixes.lookup(tokenIds, state.adapter);
    if (slots.length === 0) return 0;
    this.#hold(state, tokenIds.slice(0, slots.length), slots);
    state.version += 1;
    state.chunkedTokens = this.#units ? slots.length : 0;
    return slots.length;
  }

  /** Remembers a sequence's tokens for `adopt`, also when it is gone, as long as there is room. */
  remember(sequence: Sequence): void {
    const { tokenIds, slots, chunkedTokens, adapter } = stateOf(sequence);
    const length = this.#units ? chunkedTokens : tokenIds.length;
    this.#prefixes.insert(tokenIds, slots, { length, adapter });
  }

  /** Forgets remembered tokens, least recently used first. @returns slots that became free. */
  evict(count: number): number {
    return this.#prefixes.evict(count);
  }

  /** Forgets what is remembered of an adapter. */
  forgetAdapter(adapter: SequenceAdapter): void {
    this.#prefixes.forgetAll(adapter);
  }

  /** Forgets all remembered tokens. */
  clear(): void {
    this.#prefixes.clear();
  }

  /**
   * Makes slots ready for a run's new tokens, at the price of remembered ones where it must, and moves things together
   * where that pays. The next steps are `commit` or `abandon`.
   *
   * @param batch - With `wholeChunks` a single item.
   * @throws {KvCacheFullError} if there is no room; no sequence has changed then.
   */
  reserve(batch: readonly NewTokens[]): Reservation {
    const states = batch.map(({ sequence }) => stateOf(sequence));
    const missing = batch.map(
      ({ tokenIds }, index) => tokenIds.length - (states[index]?.fresh.length ?? 0),
    );
    this.#makeRoom(
      missing.reduce((sum, count) => sum + Math.max(0, count), 0),
      states,
    );
    if (!this.#units) this.#compact(states);
    const items = batch.map(({ sequence, tokenIds }) => {
      const state = stateOf(sequence);
      return { state, tokenIds, version: state.version };
    });
    try {
      for (const { state, tokenIds } of items) this.#addFresh(state, tokenIds.length);
    } catch (error) {
      for (const state of states) this.#dropFresh(state);
      throw error;
    }
    return { window: this.#windowOf(states), items };
  }

  /**
   * Appends an item's tokens to its sequence, unless that was cut or freed meanwhile.
   *
   * @param store - Writes the rows of the new tokens into these slots.
   */
  commit({ state, tokenIds, version }: ReservedTokens, store: (slots: number[]) => void): void {
    if (state.version !== version) return;
    const past = state.slots.length;
    if (state.fresh.length < tokenIds.length)
      throw new Error(
        `commit: expected ${tokenIds.length} slots made ready, got ${state.fresh.length} (reserve first)`,
      );
    const slots = state.fresh.splice(0, tokenIds.length);
    store(slots);
    for (const slot of slots) state.slots.push(slot);
    for (const tokenId of tokenIds) state.tokenIds.push(tokenId);
    state.version += 1;
    const isChunk = state.chunkedTokens === past && this.#units?.next(past) === past + slots.length;
    if (isChunk) state.chunkedTokens += slots.length;
  }

  /** Gives back what was made ready for a run that failed. */
  abandon({ items }: Reservation): void {
    for (const { state, version } of items) if (state.version === version) this.#dropFresh(state);
  }

  /**
   * A sequence whose rows are to be written with `write`, before anything else is done with it.
   *
   * @param options.chunkedTokens - See `SequenceState.chunkedTokens`.
   * @throws {KvCacheFullError} if there is no room.
   * @throws {Error} while a run is in flight: slots may move.
   */
  restore(
    tokenIds: readonly number[],
    { chunkedTokens = 0, adapter }: RestoredState = {},
  ): Sequence {
    if (this.pool.isRead)
      throw new Error("restore: expected no run in flight, got one (await `betweenRuns`)");
    this.#makeRoom(tokenIds.length, []);
    const state = new SequenceState(adapter);
    this.#addFresh(state, tokenIds.length);
    for (const slot of state.fresh.splice(0, tokenIds.length)) state.slots.push(slot);
    for (const tokenId of tokenIds) state.tokenIds.push(tokenId);
    state.chunkedTokens = this.#cuts.floor(Math.min(chunkedTokens, tokenIds.length));
    return state;
  }

  /** Writes rows of a layer for the tokens from `start` on. */
  write(sequence: Sequence, layer: number, start: number, rows: LayerRows): void {
    const count = rows.keys.length / this.pool.slotWidth;
    this.pool.store(layer, stateOf(sequence).slots.slice(start, start + count), rows);
  }

  /** Copies of the rows of a layer for the tokens `start … end-1`; `[T, H, D]` each. */
  read(sequence: Sequence, layer: number, start: number, end: number): LayerRows {
    const slots = stateOf(sequence).slots.slice(start, end);
    return this.pool.read(layer, slots);
  }

  get #cuts(): PrefixUnits {
    return this.#units ?? everyToken;
  }

  #hold(state: SequenceState, tokenIds: readonly number[], slots: readonly number[]): void {
    this.pool.retain(slots);
    for (const slot of slots) state.slots.push(slot);
    for (const tokenId of tokenIds) state.tokenIds.push(tokenId);
    if (slots.length > 0) this.#holders.add(state);
  }

  /** Slots for new tokens; a sequence that holds any slot is told when slots move. */
  #addFresh(state: SequenceState, count: number): void {
    if (this.#units) this.#contiguous.reserve(state, count);
    else for (const slot of this.pool.allocate(count, state.slots.at(-1))) state.fresh.push(slot);
    this.#holders.add(state);
  }

  #dropFresh(state: SequenceState): void {
    this.pool.release(state.fresh);
    state.fresh.length = 0;
    if (state.slots.length === 0) this.#holders.delete(state);
  }

  /** Forgets what it must so that `needed` slots are free; first the room to grow of sequences that do not run. */
  #makeRoom(needed: number, running: readonly SequenceState[]): void {
    const { table } = this.pool;
    if (needed <= table.available) return;
    const idle = [...this.#holders].filter((state) => !running.includes(state));
    const spare = idle.reduce((sum, { fresh }) => sum + fresh.length, 0) + table.cachedOnly;
    if (needed > table.available + spare)
      throw new KvCacheFullError(table.used - spare, table.limit, needed);
    for (const state of idle) this.#dropFresh(state);
    this.#prefixes.evict(needed - table.available);
  }

  #compact(states: readonly SequenceState[]): void {
    if (++this.#runsSinceCompaction < RUNS_BETWEEN_COMPACTIONS) return;
    const target = planCompaction(this.#neededBy(states), this.pool.table);
    if (!target) return;
    this.#permute(target);
    this.#runsSinceCompaction = 0;
  }

  #neededBy(states: readonly SequenceState[]): NeededSlots {
    const { end } = this.pool.table;
    if (this.#needed.length < end) this.#needed = new Uint8Array(2 * end);
    const needed = this.#needed.subarray(0, end).fill(0);
    for (const { slots } of states) for (const slot of slots) needed[slot] = 1;
    return needed;
  }

  /** Slots to read: from the first to the last of a batch, or one dummy and a sequence's own. */
  #windowOf(states: readonly SequenceState[]): SlotWindow {
    const window = windowOf(this.#neededBy(states));
    if (!this.#units || window.count === 0) return window;
    return { ...window, start: window.start - 1 };
  }

  #permute(target: Int32Array): void {
    this.pool.permute(target);
    for (const { slots, fresh } of this.#holders) {
      for (const places of [slots, fresh]) {
        for (const [index, slot] of places.entries()) places[index] = target[slot] ?? slot;
      }
    }
    this.#prefixes.rewire(target);
  }
}
