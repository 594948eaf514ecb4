import type { ReadingSet } from "./automaton/frame.ts";
import type { Reader } from "./automaton/reader.ts";
import type { PieceTrie } from "./piece-trie.ts";
import { walkTrie } from "./trie-walk.ts";

/** Which tokens may come next: their ids where they are few, else one bit per token. */
export interface TokenMask {
  readonly allowedIds: Int32Array | undefined;
  /** Bit `id % 32` of word `id >> 5`; shape `[ceil(V / 32)]`. */
  readonly bits: Uint32Array | undefined;
  /** Bytes needed at least to the end of the text after the token for which they are most. */
  readonly furthestEnd: number;
}

/** The mask of a set. */
export function makeTokenMask(
  trie: PieceTrie,
  reader: Reader,
  set: ReadingSet,
  isWelcome: (after: ReadingSet) => boolean = () => true,
): TokenMask {
  const bits = new Uint32Array(Math.ceil(trie.vocabSize / 32));
  let furthestEnd = 0;
  const ids: number[] = [];
  walkTrie(trie, reader, set, (id, after) => {
    if (!isWelcome(after)) return;
    const word = id >> 5;
    bits[word] = (bits[word] as number) | (1 << (id & 31));
    // More ids than words of bits are not kept as ids.
    if (ids.length <= bits.length) ids.push(id);
    if (after.distance > furthestEnd) furthestEnd = after.distance;
  });
  if (ids.length > bits.length) return { allowedIds: undefined, bits, furthestEnd };
  return { allowedIds: Int32Array.from(ids), bits: undefined, furthestEnd };
}

/** Sets the scores of all other tokens to -Infinity. */
export function applyTokenMask({ allowedIds, bits }: TokenMask, scores: Float32Array): void {
  if (allowedIds !== undefined) keepIds(allowedIds, scores);
  if (bits !== undefined) keepBits(bits, scores);
}

function keepIds(allowedIds: Int32Array, scores: Float32Array): void {
  const kept = Float32Array.from(allowedIds, (id) => scores[id] as number);
  scores.fill(-Infinity);
  for (let index = 0; index < kept.length; index++)
    scores[allowedIds[index] as number] = kept[index] as number;
}

function keepBits(bits: Uint32Array, scores: Float32Array): void {
  for (let word = 0; word < bits.length; word++) {
    const allowed = bits[word] as number;
    if (allowed === 0xffff_ffff) continue;
    const first = word << 5;
    if (allowed === 0) scores.fill(-Infinity, first, first + 32);
    else
      for (let bit = 0; bit < 32 && first + bit < scores.length; bit++)
        if (((allowed >>> bit) & 1) === 0) scores[first + bit] = -Infinity;
  }
}
