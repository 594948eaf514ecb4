import { transposeBytes } from "./transpose-bytes.ts";
import type { RegionBytes } from "./initializers.ts";

/**
 * Turns a matrix `[O, C]` of bytes that comes row by row into `[C, O]`, stripe by stripe:
 *
 *   rows of a stripe      region [C, O]
 *   ┌──────────┐          ┌───┬───┬──┐
 *   │ C        │   ->     │ s │ s │  │   each stripe is a band of columns: C pieces, O bytes apart
 *   └──────────┘          └───┴───┴──┘
 *
 * A matrix that fits one stripe is one piece.
 */
export class StripeTurner {
  readonly #region: string;
  readonly #rows: number;
  readonly #cols: number;
  readonly #stripeRows: number;
  #stripe = new Uint8Array();
  #filled = 0;
  #firstRow = 0;

  /**
   * @param rows - O.
   * @param cols - C.
   * @param stripeRows - Rows that are held and turned at a time.
   */
  constructor(region: string, rows: number, cols: number, stripeRows: number) {
    this.#region = region;
    this.#rows = rows;
    this.#cols = cols;
    this.#stripeRows = Math.max(1, Math.min(rows, stripeRows));
  }

  /** The next rows, or parts of rows, in order. Rows beyond the last are given back as they are, to be refused. */
  *push(bytes: Uint8Array): Generator<RegionBytes> {
    for (let start = 0; start < bytes.length;) {
      const left = this.#rows - this.#firstRow;
      if (left === 0) return yield { region: this.#region, bytes: bytes.subarray(start) };
      if (this.#filled === 0)
        this.#stripe = new Uint8Array(Math.min(left, this.#stripeRows) * this.#cols);
      const taken = bytes.subarray(start, start + this.#stripe.length - this.#filled);
      this.#stripe.set(taken, this.#filled);
      this.#filled += taken.length;
      start += taken.length;
      if (this.#filled === this.#stripe.length) yield* this.#turn();
    }
  }

  *#turn(): Generator<RegionBytes> {
    const rows = this.#stripe.length / this.#cols;
    const turned = transposeBytes(this.#stripe, rows, this.#cols);
    const [region, first] = [this.#region, this.#firstRow];
    this.#stripe = new Uint8Array();
    this.#filled = 0;
    this.#firstRow += rows;
    if (rows === this.#rows) return yield { region, offset: 0, bytes: turned };
    for (let column = 0; column < this.#cols; column++) {
      const bytes = turned.subarray(column * rows, (column + 1) * rows);
      yield { region, offset: column * this.#rows + first, bytes };
    }
  }
}
