/**
 * The ids of one sequence as penalties see them: how often each occurred, in prompt and output.
 *
 * Adding an id is O(1), so a step never scans the sequence again.
 */
export class TokenHistory {
  readonly #ids: number[] = [];
  readonly #counts = new Map<number, number>();
  readonly #generatedCounts = new Map<number, number>();

  /** @param promptIds - The prompt, markers included: the original penalises those too. */
  constructor(promptIds: Iterable<number> = []) {
    for (const id of promptIds) {
      this.#ids.push(id);
      increment(this.#counts, id);
    }
  }

  /** Number of ids, repeats included. */
  get length(): number {
    return this.#ids.length;
  }

  /** Prompt and output in their order; a view that grows with the sequence. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Occurrences of each distinct id of prompt and output. */
  get counts(): ReadonlyMap<number, number> {
    return this.#counts;
  }

  /** Occurrences of each distinct id of the output alone. */
  get generatedCounts(): ReadonlyMap<number, number> {
    return this.#generatedCounts;
  }

  /** Adds the id that was appended to the sequence. */
  push(tokenId: number): void {
    this.#ids.push(tokenId);
    increment(this.#counts, tokenId);
    increment(this.#generatedCounts, tokenId);
  }

  /** An equal history that from now on goes its own way; O(length). */
  fork(): TokenHistory {
    const copy = new TokenHistory();
    for (const id of this.#ids) copy.#ids.push(id);
    for (const [id, count] of this.#counts) copy.#counts.set(id, count);
    for (const [id, count] of this.#generatedCounts) copy.#generatedCounts.set(id, count);
    return copy;
  }
}

function increment(counts: Map<number, number>, tokenId: number): void {
  counts.set(tokenId, (counts.get(tokenId) ?? 0) + 1);
}
