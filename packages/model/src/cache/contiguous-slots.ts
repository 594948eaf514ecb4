import type { KvPool } from "./kv-pool.ts";
import type { SequenceState } from "./sequence.ts";
import { NO_SLOT } from "./slot-copies.ts";

/** Slots held for growth beyond what is needed; a longer sequence, which costs more to move, holds more. */
const reserveOf = (length: number): number => Math.max(64, length >> 3);

/**
 * Keeps each sequence's slots in order and without gaps, with some room to grow behind them:
 *
 *   slot   1  2  3  4  5  6  7  8  9 10
 *          A0 A1 A2 –  –  B0 B1 –  .  .       – held for growth
 *
 * A run then reads the same numbers in the same order wherever they lie. Sequences that shared slots part by copying.
 */
export class ContiguousSlots {
  readonly #pool: KvPool;
  readonly #permute: (target: Int32Array) => void;

  /** @param permute - Moves contents of slots and tells all who hold them. */
  constructor(pool: KvPool, permute: (target: Int32Array) => void) {
    this.#pool = pool;
    this.#permute = permute;
  }

  /**
   * Puts `count` slots for new tokens right behind a sequence's own, in `fresh`, moving what is in the way.
   *
   * @throws {KvCacheFullError} if there are not enough free slots; nothing but places has changed then.
   */
  reserve(state: SequenceState, count: number): void {
    const isOrdered = isConsecutive([...state.slots, ...state.fresh]);
    if (isOrdered && (state.fresh.length >= count || this.#extend(state, count))) return;
    if (this.#move(state, count)) return;
    this.#pool.release(state.fresh);
    state.fresh.length = 0;
    this.#putLast(state);
    const slots = this.#pool.allocate(count, state.slots.at(-1));
    for (const slot of slots) state.fresh.push(slot);
  }

  /** Takes the slots behind a sequence, if they are free. */
  #extend({ slots, fresh }: SequenceState, count: number): boolean {
    const last = fresh.at(-1) ?? slots.at(-1);
    if (last === undefined) return false;
    const missing = count - fresh.length;
    for (const size of [missing + reserveOf(slots.length), missing]) {
      if (!this.#pool.table.isGap(last + 1, size)) continue;
      this.#pool.take(range(last + 1, size));
      for (const slot of range(last + 1, size)) fresh.push(slot);
      return true;
    }
    return false;
  }

  /** Copies a sequence to a gap that holds it with its new tokens, if there is one. */
  #move(state: SequenceState, count: number): boolean {
    const { slots, fresh } = state;
    const needed = slots.length + count;
    for (const size of [needed + reserveOf(needed), needed]) {
      const start = this.#pool.table.findGap(size);
      if (start === undefined) continue;
      const region = range(start, size);
      this.#pool.take(region);
      this.#pool.copy(slots, region);
      this.#pool.release(slots);
      this.#pool.release(fresh);
      for (const index of slots.keys()) slots[index] = start + index;
      fresh.length = 0;
      for (const slot of region.slice(slots.length)) fresh.push(slot);
      return true;
    }
    return false;
  }

  /** Moves all slots in use together, those of a sequence last and in order: all free ones then lie behind it. */
  #putLast({ slots }: SequenceState): void {
    const { table } = this.#pool;
    const target = new Int32Array(table.end).fill(NO_SLOT);
    const isOwn = new Uint8Array(table.end);
    for (const slot of slots) isOwn[slot] = 1;
    let place = 1;
    target[0] = 0;
    for (let slot = 1; slot < table.end; slot++) {
      if (table.countOf(slot) > 0 && isOwn[slot] === 0) target[slot] = place++;
    }
    for (const slot of slots) target[slot] = place++;
    this.#permute(target);
  }
}

/** Whether each slot comes right after the one before. */
export function isConsecutive(slots: readonly number[]): boolean {
  const [first = 0] = slots;
  return slots.every((slot, index) => slot === first + index);
}

function range(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + index);
}
