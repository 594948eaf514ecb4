import { type Pieces, PieceType } from "../model-file/sentencepiece-model.ts";

/** 2²¹ bits are 256 KiB; Baichuan2's 44,000 pairs set 2 % of them. */
const BITS = 21;

const SCATTER = 0x9e3779b1;

/**
 * Which two UTF-16 code units stand side by side inside some normal piece.
 *
 * Where two neighbours of a text do not, no merge can ever reach across them, so the text may be cut there
 * and its parts encoded one by one, with the same result. The set is kept as one bit per hash of a pair:
 * a pair that is wrongly taken for a member only makes a part longer, never a token wrong.
 */
export class Adjacency {
  readonly #bits = new Uint32Array(2 ** (BITS - 5));

  constructor({ count, types, units, offsets }: Pieces) {
    for (let id = 0; id < count; id++) {
      if (types[id] !== PieceType.normal) continue;
      const end = offsets[id + 1] as number;
      for (let i = (offsets[id] as number) + 1; i < end; i++)
        this.#add(units[i - 1] as number, units[i] as number);
    }
  }

  has(left: number, right: number): boolean {
    const bit = place(left, right);
    return (((this.#bits[bit >>> 5] as number) >>> (bit & 31)) & 1) !== 0;
  }

  #add(left: number, right: number): void {
    const bit = place(left, right);
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
  }
}

function place(left: number, right: number): number {
  return Math.imul((left << 16) | right, SCATTER) >>> (32 - BITS);
}
