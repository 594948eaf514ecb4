import { expect, it } from "vitest";
import { tinyTokenizer } from "./__fixtures__/vocabularies.ts";
import { pieceTrie } from "./piece-trie.ts";
import { vocabularyOf } from "./vocabulary.ts";

const tokenizer = tinyTokenizer();

function piece(vocabulary: ReturnType<typeof vocabularyOf>, id: number): number[] {
  return [...vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1])];
}

it("vocabularyOf gives spaces for ▁, bytes for byte pieces and nothing for special tokens", () => {
  const vocabulary = vocabularyOf(tokenizer, tokenizer.vocabSize);
  expect(piece(vocabulary, tokenizer.pieceToId("▁") as number)).toEqual([0x20]);
  expect(piece(vocabulary, tokenizer.pieceToId("<0x0A>") as number)).toEqual([0x0a]);
  expect(piece(vocabulary, tokenizer.pieceToId("<0xE4>") as number)).toEqual([0xe4]);
  for (const id of tokenizer.specialTokens.values()) {
    expect(vocabulary.specialIds).toContain(id);
    expect(piece(vocabulary, id)).toEqual([]);
  }
});

it("vocabularyOf agrees with the decoder on every text of a token alone", () => {
  const vocabulary = vocabularyOf(tokenizer, tokenizer.vocabSize);
  const specials = new Set(vocabulary.specialIds);
  const decoder = new TextDecoder();
  for (let id = 0; id < tokenizer.vocabSize; id++)
    if (!specials.has(id))
      expect(decoder.decode(Uint8Array.from(piece(vocabulary, id)))).toBe(tokenizer.decode([id]));
});

it("vocabularyOf counts rows of the head without a piece as special", () => {
  const size = tokenizer.vocabSize;
  const vocabulary = vocabularyOf(tokenizer, size + 2);
  expect(vocabulary.offsets).toHaveLength(size + 3);
  expect(vocabulary.specialIds.slice(-2)).toEqual([size, size + 1]);
});

it("pieceTrie lists the pieces in the order of a walk", () => {
  // a, ab, b and a second a: nodes a, ab, b.
  const bytes = new TextEncoder().encode("aabba");
  const offsets = Int32Array.of(0, 1, 3, 4, 5, 5);
  const trie = pieceTrie({ bytes, offsets, specialIds: [] }, []);
  expect([...trie.depths]).toEqual([1, 2, 1]);
  expect([...trie.bytes]).toEqual([97, 98, 98]);
  expect([...trie.ends]).toEqual([2, 2, 3]);
  expect([...trie.tokenIds]).toEqual([0, 3, 1, 2]);
  expect([...trie.firstTokens]).toEqual([0, 2, 3, 4]);
});
