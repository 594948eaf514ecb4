import { f32, type Tensor } from "@baichuan2/kernels";
import type { SequenceAdapter } from "../cache/sequence.ts";
import type { ModelConfig } from "../config.ts";
import { adapterInputs, linearShapes } from "../network/adapter-inputs.ts";
import { Scratch } from "../network/scratch.ts";
import { joinMatrices, type AdapterMatrices } from "./adapter-matrices.ts";
import { duplicateAdapter, unknownAdapter } from "./adapter-error.ts";
import type { AdapterInfo, LoadedAdapter } from "./loaded-adapter.ts";

/** Rows of a run that lie one after another and belong to one sequence. */
export interface AdaptedRows {
  readonly adapter: SequenceAdapter | undefined;
  readonly count: number;
}

/** Adapters of a run, with their matrices one after another. */
interface Joined {
  readonly adapters: readonly LoadedAdapter[];
  readonly matrices: AdapterMatrices;
}

const NONE: Joined = { adapters: [], matrices: { ranks: new Map(), tensors: {} } };

/**
 * The adapters of a network: by name for new requests, and as inputs of a run.
 *
 * A run is fed with what its rows need: nothing, the arrays of one adapter as they are, or those of several joined. The joined
 * ones are kept while they cover what comes, so that batches which take turns do not copy each time. An adapter that was
 * removed lives on as long as a sequence has it.
 */
export class AdapterSet {
  readonly #config: ModelConfig;
  readonly #shapes: ReadonlyMap<string, readonly [number, number]>;
  readonly #named = new Map<string, LoadedAdapter>();
  readonly #known = new WeakMap<SequenceAdapter, LoadedAdapter>();
  readonly #masks = new Map<string, Scratch<Float32Array>>();
  readonly #zeros: Float32Array;
  #joined = NONE;

  constructor(config: ModelConfig) {
    this.#config = config;
    this.#shapes = linearShapes(config);
    this.#zeros = new Float32Array(Math.max(...[...this.#shapes.values()].flat()));
  }

  /** What is loaded, in the order of loading. */
  get infos(): readonly AdapterInfo[] {
    return [...this.#named.values()].map(({ info }) => info);
  }

  /** The adapters themselves. */
  get all(): readonly LoadedAdapter[] {
    return [...this.#named.values()];
  }

  /** @throws {AdapterError} "duplicate" if another one has its name. */
  add(adapter: LoadedAdapter): void {
    if (this.#named.has(adapter.name)) throw duplicateAdapter(adapter.name);
    this.#named.set(adapter.name, adapter);
    this.#known.set(adapter, adapter);
    this.#joined = NONE;
  }

  /** Whether an adapter is loaded still. */
  has(adapter: SequenceAdapter): boolean {
    return this.#named.get(adapter.name) === adapter;
  }

  /** @throws {AdapterError} "unknown" if none has the name. */
  get(name: string): LoadedAdapter {
    const adapter = this.#named.get(name);
    if (!adapter) throw unknownAdapter(name, this.#named.keys());
    return adapter;
  }

  /** Frees a name; sequences that have the adapter keep it. */
  remove(name: string): void {
    this.#named.delete(name);
    this.#joined = NONE;
  }

  /**
   * Inputs of a run.
   *
   * @param rows - Of all sequences, in the order of the run.
   * @returns one tensor per input that `declareAdapters` has declared; valid until the next call.
   */
  feeds(rows: readonly AdaptedRows[]): Record<string, Tensor> {
    const { adapters, matrices } = this.#matricesFor(rows);
    const feeds: Record<string, Tensor> = { ...matrices.tensors };
    for (const [linear, [O, C]] of this.#shapes) {
      feeds[adapterInputs.mask(linear)] = this.#mask(linear, rows, adapters);
      if (matrices.ranks.has(linear)) continue;
      const [a, b] = [this.#zeroRow(C), this.#zeroRow(O)];
      for (let layer = 0; layer < this.#config.numHiddenLayers; layer++) {
        feeds[adapterInputs.a(layer, linear)] = a;
        feeds[adapterInputs.b(layer, linear)] = b;
      }
    }
    return feeds;
  }

  #matricesFor(rows: readonly AdaptedRows[]): Joined {
    const used = new Set(rows.flatMap(({ adapter }) => (adapter ? [this.#loaded(adapter)] : [])));
    const isKept = (one: LoadedAdapter): boolean => this.has(one) || used.has(one);
    if (!this.#joined.adapters.every(isKept)) this.#joined = NONE; // the last sequence of one that was removed is gone
    const [only] = used;
    if (!only) return NONE;
    if (used.size === 1) return { adapters: [only], matrices: only.matrices };
    if ([...used].some((one) => !this.#joined.adapters.includes(one))) {
      const adapters = [...new Set([...this.#named.values(), ...used])];
      this.#joined = { adapters, matrices: joinMatrices(adapters.map((one) => one.matrices)) };
    }
    return this.#joined;
  }

  #loaded(adapter: SequenceAdapter): LoadedAdapter {
    const loaded = this.#known.get(adapter);
    if (loaded) return loaded;
    throw new Error(`adapters: expected one of this set, got another "${adapter.name}"`);
  }

  /** `[T, r]`: 1 where a row's sequence has the adapter that the rank belongs to, else 0. */
  #mask(linear: string, rows: readonly AdaptedRows[], adapters: readonly LoadedAdapter[]): Tensor {
    const ranks = adapters.map(({ matrices }) => matrices.ranks.get(linear) ?? 0);
    const r = Math.max(
      1,
      ranks.reduce((sum, rank) => sum + rank, 0),
    );
    const T = rows.reduce((sum, { count }) => sum + count, 0);
    const mask = this.#scratchOf(linear)
      .take(T * r)
      .fill(0);
    let row = 0;
    for (const { adapter, count } of rows) {
      const index = adapters.findIndex((one) => one === adapter);
      const first = ranks.slice(0, Math.max(0, index)).reduce((sum, rank) => sum + rank, 0);
      for (const end = row + count; row < end; row++)
        if (index >= 0) mask.fill(1, row * r + first, row * r + first + (ranks[index] ?? 0));
    }
    return f32(mask, [T, r]);
  }

  #scratchOf(linear: string): Scratch<Float32Array> {
    const scratch = this.#masks.get(linear) ?? new Scratch((length) => new Float32Array(length));
    this.#masks.set(linear, scratch);
    return scratch;
  }

  #zeroRow(width: number): Tensor {
    return f32(this.#zeros.subarray(0, width), [1, width]);
  }
}
