import type { LiteralTrie } from "../encode/literal-trie.ts";

/** A literal found in a text, at an offset in UTF-16 code units. */
export interface FoundLiteral {
  readonly tokenId: number;
  readonly offset: number;
  readonly length: number;
}

/** The literals of a text from left to right, the longest at each place, without overlap. */
export function* findLiterals(text: string, trie: LiteralTrie): Generator<FoundLiteral> {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  for (let offset = 0; offset < units.length; offset++) {
    if (!trie.canBegin(units[offset] as number)) continue;
    const tokenId = trie.match(units, offset, units.length);
    if (tokenId < 0) continue;
    const length = trie.matchLength;
    yield { tokenId, offset, length };
    offset += length - 1;
  }
}
