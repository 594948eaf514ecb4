interface TrieNode {
  /** Id of the literal that ends here; -1 for none. */
  tokenId: number;
  readonly next: Map<number, TrieNode>;
}

/** A set of literals with their ids; finds the longest that begins at a place of a text. */
export class LiteralTrie {
  readonly #root: TrieNode = emptyNode();
  /** 1 for a code unit that begins a literal: most places of a text need only this look. */
  readonly #begins = new Uint8Array(2 ** 16);
  /** After `match` found something: the length of the literal in code units. */
  matchLength = 0;

  constructor(literals: Iterable<readonly [string, number]>) {
    for (const [literal, tokenId] of literals) {
      this.#begins[literal.charCodeAt(0)] = 1;
      let node = this.#root;
      for (let i = 0; i < literal.length; i++) {
        const unit = literal.charCodeAt(i);
        const child = node.next.get(unit) ?? emptyNode();
        node.next.set(unit, child);
        node = child;
      }
      node.tokenId = tokenId;
    }
  }

  canBegin(unit: number): boolean {
    return this.#begins[unit] === 1;
  }

  /** Id of the longest literal at `units[position …]`, whose length is then `matchLength`; -1 for none. */
  match(units: Uint16Array, position: number, end: number): number {
    let tokenId = -1;
    let node: TrieNode | undefined = this.#root;
    for (let i = position; i < end; i++) {
      node = node.next.get(units[i] as number);
      if (node === undefined) break;
      if (node.tokenId >= 0) {
        tokenId = node.tokenId;
        this.matchLength = i + 1 - position;
      }
    }
    return tokenId;
  }
}

function emptyNode(): TrieNode {
  return { tokenId: -1, next: new Map() };
}
