/**
 * The ids that can still be drawn, ascending, with their scores.
 *
 * Scores lie side by side and move up when ids are dropped. So all loops run over `scores[0 … count)`
 * without a detour over ids, and what follows top-k works on five numbers and not on 125,696. Until the
 * first id is dropped place and id are the same, and no list of ids exists.
 */
export class Candidates {
  /** The first `count` entries are the scores; -Infinity only before the first `retainFrom`. */
  readonly scores: Float32Array;
  readonly #ids: Int32Array;
  #count: number;
  #isWhole = true;

  constructor(vocabSize: number) {
    this.scores = new Float32Array(vocabSize);
    this.#ids = new Int32Array(vocabSize);
    this.#count = vocabSize;
  }

  get count(): number {
    return this.#count;
  }

  /** Brings all ids back; the caller fills `scores` anew. */
  reset(): void {
    this.#isWhole = true;
    this.#count = this.scores.length;
  }

  /** The id at a place, 0 <= place < count. */
  idAt(place: number): number {
    return this.#isWhole ? place : (this.#ids[place] as number);
  }

  /** All ids, as a copy. */
  listIds(): Int32Array {
    return Int32Array.from({ length: this.#count }, (_, place) => this.idAt(place));
  }

  /**
   * Drops every id that scores below `cut`, those at `cut` except the first (lowest) `ties` of them, and
   * every id at -Infinity.
   */
  retainFrom(cut: number, ties = Infinity): void {
    const { scores } = this;
    const ids = this.#ids;
    const count = this.#count;
    const isWhole = this.#isWhole;
    let kept = 0;
    let tiesLeft = cut === -Infinity ? 0 : ties;
    for (let place = 0; place < count; place++) {
      const score = scores[place] as number;
      if (!(score >= cut)) continue;
      if (score === cut && tiesLeft-- <= 0) continue;
      scores[kept] = score;
      ids[kept] = isWhole ? place : (ids[place] as number);
      kept++;
    }
    this.#count = kept;
    this.#isWhole = false;
  }

  /**
   * Drops every id with a distance above `cut`, and every id at -Infinity.
   *
   * @param distances - In the order of the candidates; not changed.
   */
  retainNearest(distances: Float64Array, cut: number): void {
    const { scores } = this;
    const ids = this.#ids;
    const count = this.#count;
    const isWhole = this.#isWhole;
    let kept = 0;
    for (let place = 0; place < count; place++) {
      const score = scores[place] as number;
      if ((distances[place] as number) > cut || score === -Infinity) continue;
      scores[kept] = score;
      ids[kept] = isWhole ? place : (ids[place] as number);
      kept++;
    }
    this.#count = kept;
    this.#isWhole = false;
  }

  /** The highest and the lowest score. */
  range(): { highest: number; lowest: number } {
    const { scores } = this;
    const count = this.#count;
    let highest = -Infinity;
    let lowest = Infinity;
    for (let place = 0; place < count; place++) {
      const score = scores[place] as number;
      if (score > highest) highest = score;
      if (score < lowest) lowest = score;
    }
    return { highest, lowest };
  }
}
