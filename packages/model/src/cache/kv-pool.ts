import { KvRows, type LayerRows, type SlotShape } from "./kv-rows.ts";
import { slotCopies } from "./slot-copies.ts";
import { SlotTable } from "./slot-table.ts";

/** Slots that a pool starts with; it doubles when they are used up. */
const INITIAL_SLOTS = 256;

/**
 * The KV cache's slots: each holds one token's key and value in every layer, for all who share that token and the ones
 * before it. Which token it is, is the owners' business (`Sequence.slots`, the prefix cache).
 *
 *   slot   0      1  2  3  4  5  …
 *          dummy  A0 A1 B0 A2 B1    (sequences A and B, mixed)
 *
 * A run reads the slots from the first to the last that it needs, as they lie; slot 0 is never given out and stays masked,
 * for a run that needs none: ONNX Runtime dies of an empty pool.
 */
export class KvPool {
  /** Whether a run may be about to read the arrays: growing then leaves the old ones alone. */
  isRead = false;
  readonly #rows: KvRows;
  readonly #table: SlotTable;

  /** @param maxSlots - Slots that may be in use at a time; default: what memory allows. */
  constructor(shape: SlotShape, maxSlots = Number.MAX_SAFE_INTEGER) {
    const capacity = Math.min(INITIAL_SLOTS, maxSlots + 1);
    this.#rows = new KvRows(shape, capacity);
    this.#table = new SlotTable(maxSlots, capacity);
  }

  /** Who owns which slot. */
  get table(): SlotTable {
    return this.#table;
  }

  /** Slots that there is memory for. */
  get capacity(): number {
    return this.#rows.capacity - 1;
  }

  /** Bytes reserved for keys and values. */
  get sizeBytes(): number {
    return this.#rows.sizeBytes;
  }

  /** Layers, heads and head size. */
  get shape(): SlotShape {
    return this.#rows.shape;
  }

  /** Values of one slot in one layer: `H · D`. */
  get slotWidth(): number {
    return this.#rows.width;
  }

  /** Keys and values of slots `start … end-1` of a layer, as views; valid until the next `allocate`. */
  window(layer: number, start: number, end: number): LayerRows {
    return this.#rows.window(layer, start, end);
  }

  /**
   * Takes slots, growing the pool when it must.
   *
   * @param previous - The slot that they continue; they come right after it where they can.
   * @throws {KvCacheFullError} if that would be more than `maxSlots`.
   * @throws {RangeError} of the runtime if there is no memory to grow; no slot is taken in either case.
   */
  allocate(count: number, previous?: number): number[] {
    const slots = this.#table.find(count, previous);
    this.take(slots);
    return slots;
  }

  /** Takes slots that are free, growing the pool when it must; throws as `allocate` does. */
  take(slots: readonly number[]): void {
    const last = slots.reduce((highest, slot) => Math.max(highest, slot), 0);
    if (last >= this.#rows.capacity) this.#grow(last);
    this.#table.take(slots);
  }

  /** Adds an owner to slots. */
  retain(slots: readonly number[]): void {
    this.#table.retain(slots);
  }

  /** Takes an owner of slots away; those without one are free. */
  release(slots: readonly number[]): void {
    this.#table.release(slots);
  }

  /** Stores new rows of a layer: row t of `rows` goes to `slots[t]`. */
  store(layer: number, slots: readonly number[], rows: LayerRows): void {
    this.#rows.store(layer, slots, rows);
  }

  /** Sets the rows of slots to 0, in every layer. */
  zero(slots: readonly number[]): void {
    this.#rows.zero(slots);
  }

  /** Whether a slot's rows are numbers, in every layer. */
  isFinite(slot: number): boolean {
    return this.#rows.isFinite(slot);
  }

  /** Copies of a layer's rows of slots; `[T, H, D]` each. */
  read(layer: number, slots: readonly number[]): LayerRows {
    return this.#rows.read(layer, slots);
  }

  /** Copies the rows of slots to other slots, in every layer. */
  copy(from: readonly number[], to: readonly number[]): void {
    this.#rows.copy(from.flatMap((slot, index) => [slot, to[index] ?? slot]));
  }

  /**
   * Moves contents and owners of slots; the owners must then look for them at `target[slot]`.
   *
   * @param target - For slots below `table.end`; see `slotCopies`.
   */
  permute(target: Int32Array): void {
    this.#rows.copy(slotCopies(target));
    this.#table.permute(target);
  }

  #grow(last: number): void {
    let capacity = this.#rows.capacity;
    while (capacity <= last) capacity *= 2;
    capacity = Math.min(capacity, this.#table.limit + 1);
    this.#rows.grow(capacity, this.isRead);
    this.#table.grow(capacity);
  }
}
