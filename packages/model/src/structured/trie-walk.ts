import type { ReadingSet } from "./automaton/frame.ts";
import type { Reader } from "./automaton/reader.ts";
import type { PieceTrie } from "./piece-trie.ts";

/** Visits every token that can follow a set, with the set after it. */
export function walkTrie(
  trie: PieceTrie,
  reader: Reader,
  start: ReadingSet,
  visit: (tokenId: number, after: ReadingSet) => void,
): void {
  const { depths, bytes, ends, firstTokens, tokenIds } = trie;
  const path: ReadingSet[] = [start];
  for (let node = 0; node < bytes.length;) {
    const depth = depths[node] as number;
    const after = reader.step(path[depth - 1] as ReadingSet, bytes[node] as number);
    if (after === null) {
      node = ends[node] as number;
      continue;
    }
    path[depth] = after;
    const end = firstTokens[node + 1] as number;
    for (let index = firstTokens[node] as number; index < end; index++)
      visit(tokenIds[index] as number, after);
    node++;
  }
}
