import { QuantError } from "../quant-error.ts";

/** The two 4-bit number formats of bitsandbytes: normal float and float. */
export type FourBitType = "nf4" | "fp4";

/**
 * Weights of 4 bits: `weight = codebook[code] · absmax`.
 *
 * Blocks are cut from the flattened matrix, so a block crosses rows where the columns are no multiple of the block size.
 *
 * ```text
 * weight   0  1    2  3    …  62 63 | 64 65  …
 * packed  [hi|lo] [hi|lo]  … [hi|lo]|[hi|lo] …   the even weight in the high half of a byte
 * absmax  [            0           ]|[   1   …
 * ```
 */
export interface FourBitBlocks {
  /** Two codes a byte; `[(O·C + 1)/2]`. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** Largest magnitude of each block; `[ceil(O·C/G)]`. */
  readonly absmax: Float32Array<ArrayBuffer>;
}

/** Below 32, absmax would cost more than a bit a weight, and a power of two keeps each byte in one block. */
const SMALLEST_BLOCK = 32;

/** @throws {QuantError} if the block size is not a power of two of at least 32. */
export function checkBlockSize(op: string, blockSize: number): void {
  if (
    !Number.isInteger(blockSize) ||
    blockSize < SMALLEST_BLOCK ||
    blockSize > 2 ** 30 ||
    (blockSize & (blockSize - 1)) !== 0
  )
    throw new QuantError(
      op,
      `blockSize that is a power of two of at least ${SMALLEST_BLOCK}`,
      String(blockSize),
    );
}
