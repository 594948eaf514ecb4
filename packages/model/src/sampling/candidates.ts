/**
 * The ids whose score is not -Infinity, ascending.
 *
 * Kept beside the scores so that what follows top-k works on five numbers and not on 125,696.
 */
export class Candidates {
  /** The first `count` entries are the ids in the race, ascending. */
  readonly ids: Int32Array;
  #count = 0;

  constructor(vocabSize: number) {
    this.ids = new Int32Array(vocabSize);
  }

  get count(): number {
    return this.#count;
  }

  /** Lists the ids anew, from scores of shape `[V]`. */
  reset(scores: Float32Array): void {
    const { ids } = this;
    let count = 0;
    for (let id = 0; id < scores.length; id++) {
      if ((scores[id] as number) > -Infinity) ids[count++] = id;
    }
    this.#count = count;
  }

  /**
   * Drops every id that scores below `cut`, and those at `cut` except the first (lowest) `ties` of them.
   *
   * @param scores - Shape `[V]`; dropped ids get -Infinity.
   */
  retainFrom(scores: Float32Array, cut: number, ties = Infinity): void {
    const { ids } = this;
    let kept = 0;
    let tiesLeft = ties;
    for (let index = 0; index < this.#count; index++) {
      const id = ids[index] as number;
      const score = scores[id] as number;
      if (score > cut || (score === cut && tiesLeft-- > 0)) ids[kept++] = id;
      else scores[id] = -Infinity;
    }
    this.#count = kept;
  }

  /** The highest and the lowest score in the race. */
  range(scores: Float32Array): { highest: number; lowest: number } {
    let highest = -Infinity;
    let lowest = Infinity;
    for (let index = 0; index < this.#count; index++) {
      const score = scores[this.ids[index] as number] as number;
      if (score > highest) highest = score;
      if (score < lowest) lowest = score;
    }
    return { highest, lowest };
  }
}
