import { extendHash } from "../model-file/piece-table.ts";
import { type Merges, NO_MERGE } from "./merges.ts";

/** Up to this many symbols a scan of all pairs beats a heap (measured: equal near 48). */
export const SHORT_SYMBOLS = 48;

/** Merges the symbols of a short segment: looks at all pairs, merges the best, repeats. */
export class ShortMerge {
  readonly #merges: Merges;
  /** Symbol k is `units[starts[k] … starts[k + 1])`. */
  readonly #starts = new Int32Array(SHORT_SYMBOLS + 1);
  readonly #hashes = new Int32Array(SHORT_SYMBOLS);
  /** Id of the piece a symbol has become; -1 for a single character. */
  readonly #tokenIds = new Int32Array(SHORT_SYMBOLS);
  /** Id and rank of symbol k with its right neighbour. */
  readonly #pairIds = new Int32Array(SHORT_SYMBOLS);
  readonly #pairRanks = new Int32Array(SHORT_SYMBOLS);

  constructor(merges: Merges) {
    this.#merges = merges;
  }

  /** Appends the ids of the characters `units[from … to)`, which are at most {@link SHORT_SYMBOLS}. */
  encode(tokenIds: number[], units: Uint16Array, from: number, to: number): void {
    let count = this.#split(units, from, to);
    const pairRanks = this.#pairRanks;
    for (let k = 0; k + 1 < count; k++) this.#rankPair(units, k);
    for (;;) {
      let best = -1;
      let bestRank = NO_MERGE;
      for (let k = 0; k + 1 < count; k++) {
        const rank = pairRanks[k] as number;
        if (rank < bestRank) {
          best = k;
          bestRank = rank;
        }
      }
      if (best < 0) break;
      count = this.#mergePair(units, best, count);
    }
    this.#emit(tokenIds, units, count);
  }

  #split(units: Uint16Array, from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; count++) {
      const unit = units[i] as number;
      this.#starts[count] = i++;
      this.#tokenIds[count] = -1;
      let hash = extendHash(0, unit);
      if (unit >= 0xd800 && unit < 0xdc00) hash = extendHash(hash, units[i++] as number);
      this.#hashes[count] = hash;
    }
    this.#starts[count] = to;
    return count;
  }

  #rankPair(units: Uint16Array, k: number): void {
    const { table } = this.#merges;
    const start = this.#starts[k] as number;
    const end = this.#starts[k + 2] as number;
    let id = -1;
    if (end - start <= table.maxLength) {
      const rightLength = end - (this.#starts[k + 1] as number);
      const right = this.#hashes[k + 1] as number;
      const hash = table.joinHashes(this.#hashes[k] as number, right, rightLength);
      id = this.#merges.find(hash, units, start, end - start);
    }
    this.#pairIds[k] = id;
    this.#pairRanks[k] = this.#merges.rankOf(id);
  }

  /** Makes one symbol of k and k + 1; returns the new count. */
  #mergePair(units: Uint16Array, k: number, count: number): number {
    const starts = this.#starts;
    const hashes = this.#hashes;
    const rightLength = (starts[k + 2] as number) - (starts[k + 1] as number);
    hashes[k] = this.#merges.table.joinHashes(
      hashes[k] as number,
      hashes[k + 1] as number,
      rightLength,
    );
    this.#tokenIds[k] = this.#pairIds[k] as number;
    for (let j = k + 1; j + 1 < count; j++) {
      starts[j] = starts[j + 1] as number;
      hashes[j] = hashes[j + 1] as number;
      this.#tokenIds[j] = this.#tokenIds[j + 1] as number;
      this.#pairIds[j] = this.#pairIds[j + 1] as number;
      this.#pairRanks[j] = this.#pairRanks[j + 1] as number;
    }
    starts[count - 1] = starts[count] as number;
    if (k > 0) this.#rankPair(units, k - 1);
    if (k + 2 < count) this.#rankPair(units, k);
    return count - 1;
  }

  #emit(tokenIds: number[], units: Uint16Array, count: number): void {
    for (let k = 0; k < count; k++) {
      const id = this.#tokenIds[k] as number;
      if (id >= 0) {
        tokenIds.push(id);
      } else {
        const start = this.#starts[k] as number;
        this.#merges.pushCharacter(tokenIds, units, start, (this.#starts[k + 1] as number) - start);
      }
    }
  }
}
