import type { Vocabulary } from "./vocabulary.ts";

/**
 * The pieces of a vocabulary as a tree of bytes, its nodes in the order of a depth-first walk.
 *
 * A walk that cannot go on at a node jumps to the end of its subtree: one pass over the arrays visits what a recursive walk
 * would, without a stack of calls.
 */
export interface PieceTrie {
  readonly vocabSize: number;
  /** Length of the longest piece, in bytes. */
  readonly maxDepth: number;
  /** Per node: bytes up to and with its own, from 1. */
  readonly depths: Uint16Array;
  /** Per node: its byte. */
  readonly bytes: Uint8Array;
  /** Per node: the node after its subtree. */
  readonly ends: Int32Array;
  /** Where the tokens of a node begin in `tokenIds`; the next node's entry is their end. Shape `[nodes + 1]`. */
  readonly firstTokens: Int32Array;
  /** Tokens in the order of their bytes; several may write the same. */
  readonly tokenIds: Int32Array;
  /** The pieces, one character per byte. */
  readonly pieces: ReadonlySet<string>;
}

/** Sorts the pieces of a vocabulary; those of special ids and empty ones are left out. */
export function pieceTrie(vocabulary: Vocabulary, exceptIds: readonly number[]): PieceTrie {
  const pieces = sortedPieces(vocabulary, exceptIds);
  const depths: number[] = [];
  const bytes: number[] = [];
  const firstTokens: number[] = [];
  let previous = "";
  let maxDepth = 0;
  for (const [index, { text }] of pieces.entries()) {
    for (let depth = sharedLength(previous, text); depth < text.length; depth++) {
      depths.push(depth + 1);
      bytes.push(text.charCodeAt(depth));
      firstTokens.push(index);
    }
    maxDepth = Math.max(maxDepth, text.length);
    previous = text;
  }
  firstTokens.push(pieces.length);
  return {
    vocabSize: vocabulary.offsets.length - 1,
    maxDepth,
    depths: Uint16Array.from(depths),
    bytes: Uint8Array.from(bytes),
    ends: subtreeEnds(depths, maxDepth),
    firstTokens: Int32Array.from(firstTokens),
    tokenIds: Int32Array.from(pieces, ({ id }) => id),
    pieces: new Set(pieces.map(({ text }) => text)),
  };
}

/** Pieces as strings of one character per byte, which compare as their bytes do. */
function sortedPieces(
  { bytes, offsets, specialIds }: Vocabulary,
  exceptIds: readonly number[],
): { id: number; text: string }[] {
  const excepted = new Set([...specialIds, ...exceptIds]);
  const pieces: { id: number; text: string }[] = [];
  for (let id = 0; id + 1 < offsets.length; id++) {
    const piece = bytes.subarray(offsets[id], offsets[id + 1]);
    if (piece.length > 0 && !excepted.has(id))
      pieces.push({ id, text: String.fromCharCode(...piece) });
  }
  return pieces.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.id - b.id));
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function subtreeEnds(depths: readonly number[], maxDepth: number): Int32Array {
  const ends = new Int32Array(depths.length);
  /** Last node seen of each depth, from behind: where a shallower one ends. */
  const nextAtDepth = new Int32Array(maxDepth + 2).fill(depths.length);
  for (let node = depths.length - 1; node >= 0; node--) {
    const depth = depths[node] as number;
    ends[node] = nextAtDepth[depth] as number;
    // A node ends everything at its depth and below.
    nextAtDepth.fill(node, depth);
  }
  return ends;
}
