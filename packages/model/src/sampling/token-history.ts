/**
 * The ids of one sequence as penalties see them: how often each occurred in prompt and output.
 *
 * Adding an id is O(1), so a step never scans the sequence again.
 */
export class TokenHistory {
  readonly #counts = new Map<number, number>();
  #length = 0;

  /** @param tokenIds - The prompt, markers included: the original penalises those too. */
  constructor(tokenIds: Iterable<number> = []) {
    for (const id of tokenIds) this.push(id);
  }

  /** Number of ids, repeats included. */
  get length(): number {
    return this.#length;
  }

  /** Occurrences of each distinct id. */
  get counts(): ReadonlyMap<number, number> {
    return this.#counts;
  }

  /** Adds the id that was appended to the sequence. */
  push(tokenId: number): void {
    this.#counts.set(tokenId, (this.#counts.get(tokenId) ?? 0) + 1);
    this.#length++;
  }
}
