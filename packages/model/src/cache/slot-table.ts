import { KvCacheFullError } from "./kv-cache-full-error.ts";

/**
 * Which slots are in use, and by how many owners: sequences that share a beginning share its slots, and the prefix cache
 * is one owner more.
 *
 * Slot 0 is never given out: it is the dummy that a run reads when it has no slot to read.
 */
export class SlotTable {
  /** Slots that may be in use at a time. */
  readonly limit: number;
  #counts: Uint32Array;
  /** Whether one of the owners is the prefix cache. */
  #isCached: Uint8Array;
  #lowestFree = 1;
  #end = 1;
  #used = 0;
  #cachedOnly = 0;

  constructor(limit: number, capacity: number) {
    this.limit = limit;
    this.#counts = new Uint32Array(capacity);
    this.#isCached = new Uint8Array(capacity);
  }

  /** Slots in use. */
  get used(): number {
    return this.#used;
  }

  /** Slots that only the prefix cache uses. */
  get cachedOnly(): number {
    return this.#cachedOnly;
  }

  /** Slots that can still be given out. */
  get available(): number {
    return this.limit - this.#used;
  }

  /** One past the highest slot in use. */
  get end(): number {
    return this.#end;
  }

  /** Owners of a slot. */
  countOf(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  /** Whether the prefix cache is a slot's only owner. */
  isCachedOnly(slot: number): boolean {
    return this.#counts[slot] === 1 && this.#isCached[slot] === 1;
  }

  /**
   * Free slots, as close together as possible: right after `previous`, else in the first gap that holds all of them,
   * else the lowest ones.
   *
   * @throws {KvCacheFullError} if there are not enough; nothing changes in either case.
   */
  find(count: number, previous?: number): number[] {
    if (count > this.available) throw new KvCacheFullError(this.#used, this.limit, count);
    const start =
      previous !== undefined && this.isGap(previous + 1, count)
        ? previous + 1
        : this.findGap(count);
    if (start !== undefined) return Array.from({ length: count }, (_, index) => start + index);
    const slots: number[] = [];
    for (let slot = this.#lowestFree; slots.length < count; slot++) {
      if (this.countOf(slot) === 0) slots.push(slot);
    }
    return slots;
  }

  /** Whether `count` slots from `start` on are free. */
  isGap(start: number, count: number): boolean {
    if (start + count - 1 > this.limit) return false;
    for (let slot = start; slot < Math.min(start + count, this.#end); slot++) {
      if (this.#counts[slot] !== 0) return false;
    }
    return true;
  }

  /** The lowest slot with `count` free ones from it on; undefined where there is none. */
  findGap(count: number): number | undefined {
    let start = this.#lowestFree;
    for (let slot = start; slot < this.#end && slot < start + count; slot++) {
      if (this.#counts[slot] !== 0) start = slot + 1;
    }
    return start + count - 1 <= this.limit ? start : undefined;
  }

  /** Makes room to count slots below `capacity`. */
  grow(capacity: number): void {
    const counts = new Uint32Array(capacity);
    const isCached = new Uint8Array(capacity);
    counts.set(this.#counts);
    isCached.set(this.#isCached);
    this.#counts = counts;
    this.#isCached = isCached;
  }

  /** Gives free slots their first owner. */
  take(slots: readonly number[]): void {
    for (const slot of slots) {
      this.#counts[slot] = 1;
      if (slot >= this.#end) this.#end = slot + 1;
    }
    this.#used += slots.length;
    while (this.countOf(this.#lowestFree) > 0) this.#lowestFree++;
  }

  /** Adds an owner to slots in use. */
  retain(slots: readonly number[]): void {
    for (const slot of slots) {
      this.#expectUsed(slot);
      if (this.isCachedOnly(slot)) this.#cachedOnly--;
      this.#counts[slot] = this.countOf(slot) + 1;
    }
  }

  /** Takes an owner away; a slot without one is free. */
  release(slots: readonly number[]): void {
    for (const slot of slots) {
      this.#expectUsed(slot);
      this.#counts[slot] = this.countOf(slot) - 1;
      if (this.#counts[slot] === 0) this.#free(slot);
      else if (this.isCachedOnly(slot)) this.#cachedOnly++;
    }
    this.#lowerEnd();
  }

  /** Makes the prefix cache an owner of slots. */
  keep(slots: readonly number[]): void {
    this.retain(slots);
    for (const slot of slots) this.#isCached[slot] = 1;
  }

  /**
   * Takes the prefix cache's ownership away.
   *
   * @returns how many slots became free.
   */
  drop(slots: readonly number[]): number {
    const before = this.#used;
    for (const slot of slots) {
      if (this.isCachedOnly(slot)) this.#cachedOnly--;
      this.#isCached[slot] = 0;
      this.#counts[slot] = this.countOf(slot) - 1;
      if (this.#counts[slot] === 0) this.#free(slot);
    }
    this.#lowerEnd();
    return before - this.#used;
  }

  /** Moves owners along with contents: those of a slot are then those of `target[slot]`, below `end`. */
  permute(target: Int32Array): void {
    const counts = this.#counts.slice(0, this.#end);
    const isCached = this.#isCached.slice(0, this.#end);
    this.#counts.fill(0, 0, this.#end);
    this.#isCached.fill(0, 0, this.#end);
    for (const [slot, count] of counts.entries()) {
      const place = target[slot] ?? slot;
      if (count === 0) continue;
      this.#counts[place] = count;
      this.#isCached[place] = isCached[slot] ?? 0;
    }
    this.#lowerEnd();
    this.#lowestFree = 1;
    while (this.countOf(this.#lowestFree) > 0) this.#lowestFree++;
  }

  #free(slot: number): void {
    this.#used--;
    if (slot < this.#lowestFree) this.#lowestFree = slot;
  }

  #lowerEnd(): void {
    while (this.#end > 1 && this.#counts[this.#end - 1] === 0) this.#end--;
  }

  #expectUsed(slot: number): void {
    if (this.countOf(slot) === 0)
      throw new Error(`kvPool: expected a slot in use, got ${slot} (was it given back twice?)`);
  }
}
