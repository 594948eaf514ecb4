import { expect, it } from "vitest";
import { DoubleArrayTrie } from "./double-array-trie.ts";

it("finds the keys that a text begins with, the shortest first", () => {
  // Keys of the bytes 1 and 1 2, with the values 7 and 8. From the root, node 0 (base 1), byte 1 leads to node 2; from there
  // (base 3) byte 0 ends key 1 in node 3, and byte 2 leads to node 5, whose end (base 6) is node 6.
  const base = Int32Array.of(1, 0, 3, -8, 0, 6, -9);
  const check = Int32Array.of(-1, -1, 0, 2, -1, 2, 5);
  const trie = new DoubleArrayTrie(base, check);
  expect(trie.prefixesAt(Uint8Array.of(9, 1, 2, 4), 1)).toEqual([
    { endByte: 2, value: 7 },
    { endByte: 3, value: 8 },
  ]);
  expect(trie.prefixesAt(Uint8Array.of(2), 0)).toEqual([]);
});
