import { extendHash, type PieceTable } from "../model-file/piece-table.ts";
import { PieceType } from "../model-file/sentencepiece-model.ts";
import type { Vocabulary } from "../vocabulary.ts";

/** Rank of a pair that is not a normal piece and so never merges; larger than every rank. */
export const NO_MERGE = 0x7fffffff;

/**
 * What both merge loops ask: is a pair of neighbours a piece that may be merged, and how soon?
 *
 * Rank 0 is the highest score; equal scores have equal ranks. The score decides and never the id:
 * Baichuan2's vocabulary was merged from two, so scores start again in the middle of the ids.
 */
export class Merges {
  readonly table: PieceTable;
  /** Id of the one-unit piece of each UTF-16 code unit that encodes to it; -1 for none. */
  readonly #unitTokenIds = new Int32Array(2 ** 16).fill(-1);
  readonly #ranks: Int32Array;
  readonly #byteTokenIds: Int32Array;

  constructor(vocabulary: Vocabulary) {
    const { types, scores, units, offsets } = vocabulary.model.pieces;
    this.table = vocabulary.table;
    this.#byteTokenIds = vocabulary.byteTokenIds;
    this.#ranks = rankByScore(types, scores);
    for (let id = 0; id < vocabulary.size; id++) {
      const start = offsets[id] as number;
      if (types[id] === PieceType.normal && (offsets[id + 1] as number) - start === 1)
        this.#unitTokenIds[units[start] as number] = id;
    }
  }

  /** Id of the normal piece that a span with this hash spells; -1 for none. */
  find(hash: number, text: Uint16Array, start: number, length: number): number {
    const id = this.table.find(hash, text, start, length);
    return id >= 0 && this.#ranks[id] !== NO_MERGE ? id : -1;
  }

  rankOf(tokenId: number): number {
    return tokenId < 0 ? NO_MERGE : (this.#ranks[tokenId] as number);
  }

  /** Appends the ids of one character: its piece, or the byte pieces of its UTF-8 form. */
  pushCharacter(tokenIds: number[], text: Uint16Array, start: number, length: number): void {
    const unit = text[start] as number;
    if (length === 1) {
      const id = this.#unitTokenIds[unit] as number;
      if (id >= 0) tokenIds.push(id);
      else this.#pushBytes(tokenIds, unit);
      return;
    }
    const low = text[start + 1] as number;
    const id = this.find(extendHash(extendHash(0, unit), low), text, start, 2);
    if (id >= 0) tokenIds.push(id);
    else this.#pushBytes(tokenIds, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
  }

  #pushBytes(tokenIds: number[], codePoint: number): void {
    const ids = this.#byteTokenIds;
    const continuation = (shift: number): void => {
      tokenIds.push(ids[0x80 | ((codePoint >> shift) & 0x3f)] as number);
    };
    if (codePoint < 0x80) {
      tokenIds.push(ids[codePoint] as number);
    } else if (codePoint < 0x800) {
      tokenIds.push(ids[0xc0 | (codePoint >> 6)] as number);
      continuation(0);
    } else if (codePoint < 0x10000) {
      tokenIds.push(ids[0xe0 | (codePoint >> 12)] as number);
      continuation(6);
      continuation(0);
    } else {
      tokenIds.push(ids[0xf0 | (codePoint >> 18)] as number);
      continuation(12);
      continuation(6);
      continuation(0);
    }
  }
}

function rankByScore(types: Uint8Array, scores: Float32Array): Int32Array {
  const ascending = scores.filter((_, id) => types[id] === PieceType.normal).sort();
  const distinct = ascending.filter((score, i) => i === 0 || score !== ascending[i - 1]);
  const ranks = new Int32Array(scores.length).fill(NO_MERGE);
  for (let id = 0; id < ranks.length; id++)
    if (types[id] === PieceType.normal)
      ranks[id] = distinct.length - 1 - indexOf(distinct, scores[id] as number);
  return ranks;
}

/** Where `value` is in a sorted array that holds it. */
function indexOf(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
