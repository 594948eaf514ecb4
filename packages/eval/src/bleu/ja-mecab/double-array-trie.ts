/** A key that a text begins with, and its value. */
export interface TriePrefix {
  readonly endByte: number;
  readonly value: number;
}

/** Ends each key. */
const END = 0;

/**
 * A set of keys in two arrays: from a node, a byte leads to the node `base[node] + byte` if `check` there names the node.
 *
 * @see Aoe 1989, An Efficient Digital Search Algorithm by Using a Double-Array Structure
 */
export class DoubleArrayTrie {
  readonly #base: Int32Array;
  readonly #check: Int32Array;

  constructor(base: Int32Array, check: Int32Array) {
    this.#base = base;
    this.#check = check;
  }

  /** Keys that begin at a byte of a text, the shortest first. */
  prefixesAt(text: Uint8Array, start: number): TriePrefix[] {
    const found: TriePrefix[] = [];
    let node: number | undefined = 0;
    for (let place = start; place < text.length; place++) {
      node = this.#follow(node, text[place] ?? END);
      if (node === undefined) break;
      const leaf = this.#follow(node, END);
      if (leaf !== undefined)
        found.push({ endByte: place + 1, value: -1 - (this.#base[leaf] ?? 0) });
    }
    return found;
  }

  #follow(node: number, byte: number): number | undefined {
    const next = (this.#base[node] ?? 0) + byte;
    return this.#check[next] === node ? next : undefined;
  }
}
