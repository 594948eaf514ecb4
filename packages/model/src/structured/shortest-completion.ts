import type { ReadingSet } from "./automaton/frame.ts";
import type { Reader } from "./automaton/reader.ts";
import type { PieceTrie } from "./piece-trie.ts";
import { ResponseFormatError } from "./response-format-error.ts";

/**
 * How many tokens are needed at least to write the shortest text that ends from here: an upper bound of what is needed at all.
 *
 * Shortest is counted in bytes, the first of equals in the order of bytes. What remains after one of its tokens is the
 * shortest text from there, so that the count can fall by one with every token.
 */
export class ShortestCompletion {
  readonly #trie: PieceTrie;
  readonly #reader: Reader;

  constructor(trie: PieceTrie, reader: Reader) {
    this.#trie = trie;
    this.#reader = reader;
  }

  /** Tokens to the nearest end; 0 where the text may end. Kept in the set. */
  tokensToEnd(start: ReadingSet): number {
    if (start.tokensToEnd !== undefined) return start.tokensToEnd;
    const { sets, text } = this.#completion(start);
    for (let from = sets.length - 1; from > 0; from--)
      (sets[from] as ReadingSet).tokensToEnd ??= this.#best(sets, text, from);
    return (start.tokensToEnd = this.#best(sets, text, 0));
  }

  #best(sets: readonly ReadingSet[], text: string, from: number): number {
    if (from === text.length) return 0;
    let best = Infinity;
    const last = Math.min(text.length, from + this.#trie.maxDepth);
    for (let to = from + 1; to <= last; to++) {
      const rest = sets[to]?.tokensToEnd ?? Infinity;
      if (rest + 1 < best && this.#trie.pieces.has(text.slice(from, to))) best = rest + 1;
    }
    return best;
  }

  /** The shortest text as one character per byte, and the sets before each of its bytes and at its end. */
  #completion(start: ReadingSet): { sets: ReadingSet[]; text: string } {
    const sets = [start];
    let text = "";
    for (let set = start; !set.mayEnd;) {
      const [byte, next] = this.#nextOf(set);
      text += String.fromCharCode(byte);
      sets.push(next);
      set = next;
    }
    return { sets, text };
  }

  #nextOf(set: ReadingSet): [number, ReadingSet] {
    for (const byte of [...this.#reader.bytesOf(set)].sort((a, b) => a - b)) {
      const next = this.#reader.step(set, byte);
      if (next !== null && next.distance === set.distance - 1) return [byte, next];
    }
    throw new ResponseFormatError({
      where: "grammar",
      expected: "a format whose shortest texts can be read in few ways",
      actual: "one that is too ambiguous",
      hint: "make the alternatives of recursive schemas differ at their beginning",
    });
  }
}
