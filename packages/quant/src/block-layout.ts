import { QuantError } from "./quant-error.ts";

/** How a matrix `[O, C]` is cut into blocks: along its rows, so that no block crosses a row. */
export interface BlockLayout {
  /** Columns of the matrix, C; a multiple of `blockSize`. */
  readonly cols: number;
  /** Neighbouring weights of a row that share one scale, G. */
  readonly blockSize: BlockSize;
}

/** Block sizes that have kernels on every backend. */
export type BlockSize = 32 | 64 | 128;

const BLOCK_SIZES: readonly number[] = [32, 64, 128];

/**
 * Checks that values are whole rows of whole blocks.
 *
 * @param op - The function that was called; for the message.
 * @param count - How many values there are, `O·C`.
 * @returns the number of blocks, `O·C/G`.
 * @throws {QuantError} if they are not.
 */
export function countBlocks(op: string, count: number, { cols, blockSize }: BlockLayout): number {
  if (!BLOCK_SIZES.includes(blockSize))
    throw new QuantError(op, `blockSize of ${BLOCK_SIZES.join(", ")}`, String(blockSize));
  if (!Number.isInteger(cols) || cols < 1 || cols % blockSize !== 0)
    throw new QuantError(
      op,
      `cols that are a multiple of blockSize ${blockSize}`,
      `cols ${cols}`,
      "choose a smaller blockSize, or pad each row with zeros",
    );
  checkRows(op, count, cols);
  return count / blockSize;
}

/**
 * Checks that values are whole rows.
 *
 * @returns the number of rows, O.
 * @throws {QuantError} if they are not.
 */
export function checkRows(op: string, count: number, cols: number): number {
  if (!Number.isInteger(cols) || cols < 1)
    throw new QuantError(op, "cols that are a positive integer", `cols ${cols}`);
  if (count % cols !== 0)
    throw new QuantError(op, `whole rows of ${cols} values`, `${count} values`);
  return count / cols;
}

/**
 * Checks the length of an array.
 *
 * @param name - Which array.
 * @throws {QuantError} if it is another.
 */
export function checkLength(op: string, name: string, actual: number, expected: number): void {
  if (actual !== expected)
    throw new QuantError(op, `${name} of length ${expected}`, `length ${actual}`);
}
