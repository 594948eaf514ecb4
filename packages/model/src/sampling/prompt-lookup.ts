/** How runs of ids are matched. */
export interface PromptLookupOptions {
  /** Longest run compared, default 4. */
  readonly maxNgram?: number | undefined;
  /** Shortest run that counts as a repeat, at least 1, default 2. */
  readonly minNgram?: number | undefined;
  /** How many of the latest ids are always searched, default 16,384; at most twice as many are kept. */
  readonly window?: number | undefined;
}

/**
 * Guesses what comes next from what the sequence already holds: where its last few ids occurred before, the
 * ids that followed them there are likely again (summaries, code, tables, loops).
 *
 * A map for each length leads from the hash of a run to the end of its latest occurrence. An added id looks
 * up and stores one run of each length, so it costs the same however long the text is. A hash proposes a
 * place and the ids there decide; two runs of one hash can hide each other, never give a wrong match.
 *
 * @see Saxena 2023, prompt lookup decoding, https://github.com/apoorvumang/prompt-lookup-decoding
 */
export class PromptLookup {
  readonly #maxNgram: number;
  readonly #minNgram: number;
  readonly #window: number;
  /** By length of the run. */
  readonly #ends: readonly Map<number, number>[];
  #ids: number[] = [];
  /** Place after the latest earlier occurrence of the longest run at the end; undefined if there is none. */
  #next: number | undefined;

  /** @param tokenIds - The prompt. */
  constructor(tokenIds: Iterable<number> = [], options: PromptLookupOptions = {}) {
    this.#maxNgram = options.maxNgram ?? 4;
    this.#minNgram = options.minNgram ?? 2;
    this.#window = Math.max(options.window ?? 16_384, this.#maxNgram);
    this.#ends = Array.from({ length: this.#maxNgram + 1 }, () => new Map<number, number>());
    for (const id of tokenIds) this.push(id);
  }

  /** Adds the id that was appended to the sequence; O(1) amortised. */
  push(tokenId: number): void {
    if (this.#ids.length >= 2 * this.#window) this.#forget();
    this.#ids.push(tokenId);
    this.#index(this.#ids.length);
  }

  /**
   * The ids that may follow.
   *
   * A repeat that reaches the end of the sequence goes on into its own guess: after `a b a b` come `a b a …`.
   *
   * @param max - How many at most.
   * @returns `max` ids, or none if the end of the sequence occurs nowhere before.
   */
  draw(max: number): number[] {
    const draft: number[] = [];
    if (this.#next === undefined) return draft;
    for (let place = this.#next; draft.length < max; place++) {
      draft.push((this.#ids[place] ?? draft[place - this.#ids.length]) as number);
    }
    return draft;
  }

  /** Drops all but the latest ids and indexes those anew: once in `window` ids. */
  #forget(): void {
    this.#ids = this.#ids.slice(-this.#window);
    for (const ends of this.#ends) ends.clear();
    for (let end = 1; end <= this.#ids.length; end++) this.#index(end);
  }

  /** Looks up, then stores the runs that end at `end`; the longest match is the last. */
  #index(end: number): void {
    this.#next = undefined;
    let hash = 0;
    for (let length = 1; length <= Math.min(this.#maxNgram, end); length++) {
      hash = mix(hash, this.#ids[end - length] as number);
      if (length < this.#minNgram) continue;
      const ends = this.#ends[length] as Map<number, number>;
      const earlier = ends.get(hash);
      ends.set(hash, end);
      if (earlier !== undefined && this.#isSame(earlier, end, length)) this.#next = earlier;
    }
  }

  #isSame(firstEnd: number, secondEnd: number, length: number): boolean {
    for (let back = 1; back <= length; back++) {
      if (this.#ids[firstEnd - back] !== this.#ids[secondEnd - back]) return false;
    }
    return true;
  }
}

/** 32 bits; the multiplier is Knuth's, 2^32 over the golden ratio, and the shift brings high bits down. */
function mix(hash: number, id: number): number {
  const mixed = Math.imul(hash ^ id, 0x9e37_79b1) + 1;
  return mixed ^ (mixed >>> 15);
}
