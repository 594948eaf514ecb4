/**
 * Zero points of blocks `[O, N]`, N = C/G, in the three forms they stand in files.
 *
 *   along rows:    word[r/8, n] = nibbles of rows 8r … 8r+7        compressed-tensors
 *   signed:        int8[r, n] = zero point − 8                     compressed-tensors before 0.10
 *   along columns: byte[r, n/2] = nibbles of blocks n and n+1      what `decodeInt4` takes
 */
import { CheckpointError } from "../checkpoint-error.ts";
import type { TensorInfo } from "../checkpoint.ts";

/** From words of 8 rows to bytes of 2 blocks. */
export function fromPackedRows(
  words: Uint32Array,
  rows: number,
  blocks: number,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(rows * bytesPerRow(blocks));
  for (let row = 0; row < rows; row++)
    for (let block = 0; block < blocks; block++) {
      const word = words[(row >> 3) * blocks + block] ?? 0;
      put(out, row, block, blocks, (word >>> (4 * (row & 7))) & 15);
    }
  return out;
}

/**
 * From one signed byte a block to bytes of 2 blocks.
 *
 * @throws {CheckpointError} if a zero point is not −8 to 7.
 */
export function fromSigned(
  { name, file }: TensorInfo,
  values: Int8Array,
  blocks: number,
): Uint8Array<ArrayBuffer> {
  const rows = values.length / blocks;
  const out = new Uint8Array(rows * bytesPerRow(blocks));
  for (const [i, value] of values.entries()) {
    if (value < -8 || value > 7)
      throw new CheckpointError(
        file,
        `expected zero points of -8 to 7, got ${value} at index ${i}`,
        { tensor: name },
      );
    put(out, Math.floor(i / blocks), i % blocks, blocks, value + 8);
  }
  return out;
}

/** From bytes of 2 blocks to words of 8 rows; rows beyond the last are 0. */
export function toPackedRows(
  zeroPoints: Uint8Array,
  rows: number,
  blocks: number,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(rows / 8) * blocks);
  for (let row = 0; row < rows; row++)
    for (let block = 0; block < blocks; block++) {
      const byte = zeroPoints[row * bytesPerRow(blocks) + (block >> 1)] ?? 0;
      const at = (row >> 3) * blocks + block;
      const nibble = (byte >> (4 * (block & 1))) & 15;
      words[at] = (words[at] ?? 0) | (nibble << (4 * (row & 7)));
    }
  return words;
}

function put(out: Uint8Array, row: number, block: number, blocks: number, nibble: number): void {
  const at = row * bytesPerRow(blocks) + (block >> 1);
  out[at] = (out[at] ?? 0) | (nibble << (4 * (block & 1)));
}

function bytesPerRow(blocks: number): number {
  return (blocks + 1) >> 1;
}
