import { extendHash } from "../model-file/piece-table.ts";
import { KeyHeap } from "./key-heap.ts";
import { type Merges, NO_MERGE } from "./merges.ts";

/** Factor of the rank in a key: above every index of a symbol, and rank times it is below 2^53. */
const RANK_STEP = 2 ** 31;

const NONE = -1;

/**
 * Merges the symbols of a long segment in O(n log n): symbols in a linked list, pairs in a heap.
 *
 * A key is `rank · 2³¹ + index of the left symbol`, so the smallest is the best pair and, of equals, the
 * leftmost. A pair that has changed since its key was pushed has another rank by now: its key is
 * recognised by that and dropped. (If the rank is the same, so is the key, and it means the new pair.)
 */
export class LongMerge {
  readonly #merges: Merges;
  readonly #units: Uint16Array;
  readonly #count: number;
  readonly #starts: Int32Array;
  readonly #hashes: Int32Array;
  readonly #tokenIds: Int32Array;
  readonly #previous: Int32Array;
  readonly #next: Int32Array;
  readonly #pairIds: Int32Array;
  readonly #pairRanks: Int32Array;
  readonly #heap: KeyHeap;

  /** @param count - Number of characters in `units[from … to)`. */
  constructor(merges: Merges, units: Uint16Array, from: number, to: number, count: number) {
    this.#merges = merges;
    this.#units = units;
    this.#count = count;
    this.#starts = new Int32Array(count + 1);
    this.#hashes = new Int32Array(count);
    this.#tokenIds = new Int32Array(count).fill(NONE);
    this.#previous = new Int32Array(count);
    this.#next = new Int32Array(count);
    this.#pairIds = new Int32Array(count).fill(NONE);
    this.#pairRanks = new Int32Array(count).fill(NO_MERGE);
    // One key per pair at first; a merge takes one key out and puts at most two in.
    this.#heap = new KeyHeap(2 * count);
    this.#split(from, to);
  }

  encode(tokenIds: number[]): void {
    for (let k = 0; k + 1 < this.#count; k++) this.#rankPair(k);
    while (this.#heap.size > 0) {
      const key = this.#heap.pop();
      const rank = Math.floor(key / RANK_STEP);
      const left = key - rank * RANK_STEP;
      if (this.#pairRanks[left] === rank) this.#mergePair(left);
    }
    for (let k = 0; k !== this.#count; k = this.#next[k] as number) {
      const id = this.#tokenIds[k] as number;
      if (id !== NONE) tokenIds.push(id);
      else
        this.#merges.pushCharacter(
          tokenIds,
          this.#units,
          this.#starts[k] as number,
          this.#length(k),
        );
    }
  }

  #split(from: number, to: number): void {
    const units = this.#units;
    for (let i = from, k = 0; i < to; k++) {
      const unit = units[i] as number;
      this.#starts[k] = i++;
      let hash = extendHash(0, unit);
      if (unit >= 0xd800 && unit < 0xdc00) hash = extendHash(hash, units[i++] as number);
      this.#hashes[k] = hash;
      this.#previous[k] = k - 1;
      this.#next[k] = k + 1;
    }
    this.#starts[this.#count] = to;
  }

  #length(k: number): number {
    return (this.#starts[this.#next[k] as number] as number) - (this.#starts[k] as number);
  }

  #rankPair(left: number): void {
    const { table } = this.#merges;
    const right = this.#next[left] as number;
    const rightLength = this.#length(right);
    const length = this.#length(left) + rightLength;
    let id = NONE;
    if (length <= table.maxLength) {
      const leftHash = this.#hashes[left] as number;
      const hash = table.joinHashes(leftHash, this.#hashes[right] as number, rightLength);
      id = this.#merges.find(hash, this.#units, this.#starts[left] as number, length);
    }
    const rank = this.#merges.rankOf(id);
    this.#pairIds[left] = id;
    this.#pairRanks[left] = rank;
    if (rank !== NO_MERGE) this.#heap.push(rank * RANK_STEP + left);
  }

  #mergePair(left: number): void {
    const right = this.#next[left] as number;
    const after = this.#next[right] as number;
    this.#hashes[left] = this.#merges.table.joinHashes(
      this.#hashes[left] as number,
      this.#hashes[right] as number,
      this.#length(right),
    );
    this.#tokenIds[left] = this.#pairIds[left] as number;
    this.#pairRanks[left] = NO_MERGE;
    this.#pairRanks[right] = NO_MERGE;
    this.#next[left] = after;
    if (after < this.#count) this.#previous[after] = left;
    const before = this.#previous[left] as number;
    if (before !== NONE) this.#rankPair(before);
    if (after < this.#count) this.#rankPair(left);
  }
}
