import { f32, type Tensor } from "@baichuan2/kernels";
import type { ModelConfig } from "../config.ts";
import { adapterInputs, linearShapes } from "../network/adapter-inputs.ts";
import { Scratch } from "../network/scratch.ts";
import { JoinedAdapters, type Joined } from "./joined-adapters.ts";
import type { LoadedAdapter } from "./loaded-adapter.ts";

/** Rows of a run that lie one after another and have one adapter, or none. */
export interface AdaptedRows {
  readonly adapter: LoadedAdapter | undefined;
  readonly count: number;
}

const NONE: Joined = { adapters: [], matrices: { ranks: new Map(), tensors: {} } };

/**
 * Adapters as inputs of a run: what its rows need, and nothing else.
 *
 *   no adapter    a row of zeros for each linear
 *   one           its arrays as they are
 *   several       these joined; kept for runs with the same ones, so that batches which take turns copy nothing
 *
 * A row's numbers therefore do not depend on adapters that no row of its run has, bit for bit. Of those that other rows have it
 * gets exact zeros: numbers are finite and far from overflow (`loadedAdapter`), so the mask's 0 makes 0 of what they give. Only
 * where zeros stand among the terms of a sum may move its last bits; a deterministic engine runs each sequence alone.
 */
export class AdapterFeeds {
  readonly #config: ModelConfig;
  readonly #shapes: ReadonlyMap<string, readonly [number, number]>;
  readonly #masks: ReadonlyMap<string, Scratch<Float32Array>>;
  readonly #zeros: Float32Array;
  readonly #joined = new JoinedAdapters();

  constructor(config: ModelConfig) {
    this.#config = config;
    this.#shapes = linearShapes(config);
    this.#masks = new Map([...this.#shapes.keys()].map((linear) => [linear, floats()]));
    this.#zeros = new Float32Array(Math.max(...[...this.#shapes.values()].flat()));
  }

  /**
   * @param rows - Of all sequences, in the order of the run.
   * @param loaded - Adapters that later runs may have.
   * @returns one tensor per input of `declareAdapters`; valid until the next call.
   */
  write(rows: readonly AdaptedRows[], loaded: readonly LoadedAdapter[]): Record<string, Tensor> {
    const { adapters, matrices } = this.#matricesFor(rows, loaded);
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

  #matricesFor(rows: readonly AdaptedRows[], loaded: readonly LoadedAdapter[]): Joined {
    const used = new Set(rows.flatMap(({ adapter }) => adapter ?? []));
    const living = new Set([...loaded, ...used]);
    if (used.size > 1) return this.#joined.join(used, living);
    this.#joined.prune(living);
    const [only] = used;
    return only ? { adapters: [only], matrices: only.matrices } : NONE;
  }

  /** `[T, r]`: 1 where a row's sequence has the adapter that the rank belongs to, else 0. */
  #mask(linear: string, rows: readonly AdaptedRows[], adapters: readonly LoadedAdapter[]): Tensor {
    const places = new Map<LoadedAdapter, readonly [first: number, end: number]>();
    let r = 0;
    for (const one of adapters) places.set(one, [r, (r += one.matrices.ranks.get(linear) ?? 0)]);
    r = Math.max(1, r);
    const T = rows.reduce((sum, { count }) => sum + count, 0);
    const mask = (this.#masks.get(linear) ?? floats()).take(T * r).fill(0);
    let row = 0;
    for (const { adapter, count } of rows) {
      const [first, end] = (adapter && places.get(adapter)) ?? [0, 0];
      for (const last = row + count; row < last; row++)
        mask.fill(1, row * r + first, row * r + end);
    }
    return f32(mask, [T, r]);
  }

  #zeroRow(width: number): Tensor {
    return f32(this.#zeros.subarray(0, width), [1, width]);
  }
}

function floats(): Scratch<Float32Array> {
  return new Scratch((length) => new Float32Array(length));
}
