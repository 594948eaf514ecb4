import { checkLength, countBlocks, type BlockLayout } from "../block-layout.ts";
import type { Int4Blocks } from "./int4-blocks.ts";
import { createZeroPoints, readZeroPoint } from "./zero-points.ts";

/**
 * Weights of 4-bit blocks: `(code − zeroPoint) · scale`, in float32.
 *
 * @param layout - C and G, as they were encoded.
 * @param out - Where the weights go, `[O·C]`; a new array if absent.
 * @returns `out`.
 * @throws {QuantError} if a length does not fit.
 */
export function decodeInt4(
  blocks: Int4Blocks,
  layout: BlockLayout,
  out: Float32Array = new Float32Array(blocks.packed.length * 2),
): Float32Array {
  const { packed, scales, zeroPoints } = blocks;
  const { cols, blockSize } = layout;
  const blocksPerRow = cols / blockSize;
  checkLengths(blocks, layout, out);
  for (let block = 0; block < scales.length; block++) {
    const zeroPoint = zeroPoints ? readZeroPoint(zeroPoints, block, blocksPerRow) : 8;
    const scale = scales[block];
    const end = (block + 1) * blockSize;
    for (let i = block * blockSize; i < end; i += 2) {
      const byte = packed[i >> 1];
      out[i] = ((byte & 15) - zeroPoint) * scale;
      out[i + 1] = ((byte >> 4) - zeroPoint) * scale;
    }
  }
  return out;
}

function checkLengths(
  { packed, scales, zeroPoints }: Int4Blocks,
  layout: BlockLayout,
  out: Float32Array,
): void {
  const blocks = countBlocks("decodeInt4", packed.length * 2, layout);
  checkLength("decodeInt4", "scales", scales.length, blocks);
  checkLength("decodeInt4", "out", out.length, packed.length * 2);
  if (!zeroPoints) return;
  const { length } = createZeroPoints(blocks, layout.cols / layout.blockSize);
  checkLength("decodeInt4", "zeroPoints", zeroPoints.length, length);
}
