import { checkLength, countBlocks, type BlockLayout } from "../block-layout.ts";
import { INT8_ZERO_POINT, type Int8Blocks } from "./int8-blocks.ts";

/**
 * Weights of 8-bit blocks: `(code − 128) · scale`, in float32.
 *
 * @param layout - C and G, as they were encoded.
 * @param out - Where the weights go, `[O·C]`; a new array if absent.
 * @returns `out`.
 * @throws {QuantError} if a length does not fit.
 */
export function decodeInt8Blocks(
  { packed, scales }: Int8Blocks,
  layout: BlockLayout,
  out: Float32Array = new Float32Array(packed.length),
): Float32Array {
  const { blockSize } = layout;
  const blocks = countBlocks("decodeInt8Blocks", packed.length, layout);
  checkLength("decodeInt8Blocks", "scales", scales.length, blocks);
  checkLength("decodeInt8Blocks", "out", out.length, packed.length);
  for (let block = 0; block < blocks; block++) {
    const scale = scales[block];
    const end = (block + 1) * blockSize;
    for (let i = block * blockSize; i < end; i++) out[i] = (packed[i] - INT8_ZERO_POINT) * scale;
  }
  return out;
}
