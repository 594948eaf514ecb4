import { releaseArray } from "./release-array.ts";
import type { ModelConfig } from "../config.ts";

/** Slots that a pool starts with; it doubles when they are used up. */
const INITIAL_SLOTS = 256;

/** A pool holding every slot of one layer: `[capacity, H, D]`, token-major. */
interface LayerArrays {
  keys: Float32Array;
  values: Float32Array;
}

/**
 * The KV cache: one pool of slots per layer, shared by all sequences. A slot holds one token's key and value in every
 * layer; which token is the owner's business (`Sequence.slots`).
 *
 *   slot   0      1  2  3  4  5  …  highWater-1
 *          dummy  A0 A1 B0 A2 B1    (sequences A and B, mixed)
 *
 * Slot 0 is never given out and stays masked: ONNX Runtime dies of an empty pool. The lowest free slot is given first,
 * so a run only reads up to the high-water mark.
 */
export class KvPool {
  /** Values of one slot in one layer: `H · D`. */
  readonly slotWidth: number;
  #layers: LayerArrays[];
  #isUsed: Uint8Array;
  #lowestFree = 1;
  #highWater = 1;

  constructor(config: Pick<ModelConfig, "numHiddenLayers" | "numAttentionHeads" | "headDim">) {
    this.slotWidth = config.numAttentionHeads * config.headDim;
    this.#isUsed = new Uint8Array(INITIAL_SLOTS);
    this.#isUsed[0] = 1;
    this.#layers = Array.from({ length: config.numHiddenLayers }, () => ({
      keys: new Float32Array(INITIAL_SLOTS * this.slotWidth),
      values: new Float32Array(INITIAL_SLOTS * this.slotWidth),
    }));
  }

  /** Slots a run must read, the dummy included: `S`. */
  get highWater(): number {
    return this.#highWater;
  }

  /** Bytes the pool has reserved. */
  get sizeBytes(): number {
    return this.#isUsed.length * this.slotWidth * 2 * 4 * this.#layers.length;
  }

  /** Keys and values of slots `0 … highWater-1` of a layer, as views; valid until the next `allocate`. */
  layer(index: number): Readonly<LayerArrays> {
    const { keys, values } = this.#at(index);
    const end = this.#highWater * this.slotWidth;
    return { keys: keys.subarray(0, end), values: values.subarray(0, end) };
  }

  /**
   * Takes `count` slots, lowest first, growing the pool when it must.
   *
   * @throws {RangeError} of the runtime if there is no memory to grow; no slot is taken then.
   */
  allocate(count: number): number[] {
    const slots: number[] = [];
    for (let slot = this.#lowestFree; slots.length < count; slot++) {
      if (slot >= this.#isUsed.length) this.#grow();
      if (!this.#isUsed[slot]) slots.push(slot);
    }
    for (const slot of slots) this.#isUsed[slot] = 1;
    const last = slots.at(-1);
    if (last !== undefined) {
      this.#lowestFree = last + 1;
      this.#highWater = Math.max(this.#highWater, last + 1);
    }
    return slots;
  }

  /** Gives slots back. */
  free(slots: readonly number[]): void {
    for (const slot of slots) {
      this.#isUsed[slot] = 0;
      this.#lowestFree = Math.min(this.#lowestFree, slot);
    }
    while (this.#highWater > 1 && !this.#isUsed[this.#highWater - 1]) this.#highWater--;
  }

  /**
   * Stores new rows of a layer.
   *
   * @param rows - `[T, H, D]` keys and values; row t goes to `slots[t]`.
   */
  store(layer: number, slots: readonly number[], rows: Readonly<LayerArrays>): void {
    const { keys, values } = this.#at(layer);
    for (const [row, slot] of slots.entries()) {
      const [start, end] = [row * this.slotWidth, (row + 1) * this.slotWidth];
      keys.set(rows.keys.subarray(start, end), slot * this.slotWidth);
      values.set(rows.values.subarray(start, end), slot * this.slotWidth);
    }
  }

  #at(layer: number): LayerArrays {
    const arrays = this.#layers[layer];
    if (!arrays)
      throw new Error(`kvPool: expected a layer below ${this.#layers.length}, got ${layer}`);
    return arrays;
  }

  /** Doubles the pool. All arrays are made before any is replaced: running out of memory leaves the pool as it was. */
  #grow(): void {
    const capacity = this.#isUsed.length * 2;
    const larger = this.#layers.map(({ keys, values }) => ({
      keys: grown(keys, capacity * this.slotWidth),
      values: grown(values, capacity * this.slotWidth),
    }));
    const isUsed = new Uint8Array(capacity);
    isUsed.set(this.#isUsed);
    this.#isUsed = isUsed;
    for (const { keys, values } of this.#layers) {
      releaseArray(keys);
      releaseArray(values);
    }
    this.#layers = larger;
  }
}

function grown(array: Float32Array, length: number): Float32Array {
  const larger = new Float32Array(length);
  larger.set(array);
  return larger;
}
