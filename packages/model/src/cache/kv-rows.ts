import type { ModelConfig } from "../config.ts";
import { releaseArray } from "../network/release-array.ts";
import { NO_SLOT, SPARE, type SlotCopies } from "./slot-copies.ts";
import { slotRuns } from "./slot-runs.ts";

/** Keys and values of some tokens in one layer; `[T, H, D]` each. */
export interface LayerRows {
  readonly keys: Float32Array;
  readonly values: Float32Array;
}

/** The size of a slot, as a model's config tells it. */
export type SlotShape = Pick<ModelConfig, "numHiddenLayers" | "numAttentionHeads" | "headDim">;

/** The numbers of all slots: in each layer keys and values `[capacity, H, D]`, token-major. */
export class KvRows {
  readonly shape: SlotShape;
  /** Values of one slot in one layer: `H · D`. */
  readonly width: number;
  readonly #layers: { keys: Float32Array; values: Float32Array }[];
  #capacity: number;

  constructor({ numHiddenLayers, numAttentionHeads, headDim }: SlotShape, capacity: number) {
    this.shape = { numHiddenLayers, numAttentionHeads, headDim };
    this.width = numAttentionHeads * headDim;
    this.#capacity = capacity;
    const array = (): Float32Array => new Float32Array(capacity * this.width);
    this.#layers = Array.from({ length: numHiddenLayers }, () => ({
      keys: array(),
      values: array(),
    }));
  }

  get capacity(): number {
    return this.#capacity;
  }

  get sizeBytes(): number {
    return this.#capacity * this.width * 2 * 4 * this.#layers.length;
  }

  /** Slots `start … end-1` of a layer as views; valid until the next `grow`. */
  window(layer: number, start: number, end: number): LayerRows {
    const { keys, values } = this.#at(layer);
    const [first, last] = [start * this.width, end * this.width];
    return { keys: keys.subarray(first, last), values: values.subarray(first, last) };
  }

  /** Writes row t of `rows` into `slots[t]`. */
  store(layer: number, slots: readonly number[], rows: LayerRows): void {
    const runs = slotRuns(slots);
    const { keys, values } = this.#at(layer);
    let row = 0;
    for (let run = 0; run < runs.length; run += 2) {
      const [slot = 0, count = 0] = [runs[run], runs[run + 1]];
      const [first, last] = [row * this.width, (row + count) * this.width];
      keys.set(rows.keys.subarray(first, last), slot * this.width);
      values.set(rows.values.subarray(first, last), slot * this.width);
      row += count;
    }
  }

  /** Sets the rows of slots to 0, in every layer. */
  zero(slots: readonly number[]): void {
    for (const { keys, values } of this.#layers)
      for (const slot of slots)
        for (const array of [keys, values])
          array.fill(0, slot * this.width, (slot + 1) * this.width);
  }

  /** Copies of the rows of slots; `[T, H, D]` each. */
  read(layer: number, slots: readonly number[]): LayerRows {
    const { keys, values } = this.#at(layer);
    const copy = (array: Float32Array): Float32Array => {
      const rows = new Float32Array(slots.length * this.width);
      for (const [row, slot] of slots.entries())
        rows.set(array.subarray(slot * this.width, (slot + 1) * this.width), row * this.width);
      return rows;
    };
    return { keys: copy(keys), values: copy(values) };
  }

  /** Whether a slot's rows are numbers, in every layer. */
  isFinite(slot: number): boolean {
    const [first, last] = [slot * this.width, (slot + 1) * this.width];
    return this.#layers.every(({ keys, values }) =>
      [keys, values].every((array) => array.subarray(first, last).every(Number.isFinite)),
    );
  }

  /** Carries out copies between slots, one after another, in every layer. */
  copy(copies: SlotCopies): void {
    const spare = new Float32Array(this.width);
    for (const array of this.#layers.flatMap(({ keys, values }) => [keys, values])) {
      for (let index = 0; index < copies.length; index += 2) {
        const from = copies[index] ?? NO_SLOT;
        const to = copies[index + 1] ?? NO_SLOT;
        const start = from * this.width;
        if (to === SPARE) spare.set(array.subarray(start, start + this.width));
        else if (from === SPARE) array.set(spare, to * this.width);
        else array.copyWithin(to * this.width, start, start + this.width);
      }
    }
  }

  /**
   * Makes room for `capacity` slots, array by array, so that only one exists twice at a time.
   *
   * @param isRead - Whether a run may still be about to read the arrays of before.
   * @throws {RangeError} of the runtime if there is no memory; the slots are then as they were.
   */
  grow(capacity: number, isRead: boolean): void {
    const grown = (array: Float32Array): Float32Array => {
      const larger = new Float32Array(capacity * this.width);
      larger.set(array.subarray(0, this.#capacity * this.width));
      if (!isRead) releaseArray(array);
      return larger;
    };
    for (const layer of this.#layers) {
      layer.keys = grown(layer.keys);
      layer.values = grown(layer.values);
    }
    this.#capacity = capacity;
  }

  #at(layer: number): LayerRows {
    const rows = this.#layers[layer];
    if (!rows)
      throw new Error(`kvPool: expected a layer below ${this.#layers.length}, got ${layer}`);
    return rows;
  }
}
