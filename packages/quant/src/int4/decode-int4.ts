import { checkLength, countBlocks, type BlockLayout } from "../block-layout.ts";
import type { Int4Blocks } from "./int4-blocks.ts";

/** Weights again: `(code − zeroPoint) · scale`. */
export function decodeInt4(
  { packed, scales, zeroPoints }: Int4Blocks,
  layout: BlockLayout,
  out: Float32Array = new Float32Array(packed.length * 2),
): Float32Array {
  const { cols, blockSize } = layout;
  const blocks = countBlocks("decodeInt4", packed.length * 2, layout);
  const blocksPerRow = cols / blockSize;
  const zeroBytesPerRow = (blocksPerRow + 1) >> 1;
  checkLength("decodeInt4", "scales", scales.length, blocks);
  checkLength("decodeInt4", "out", out.length, packed.length * 2);
  if (zeroPoints)
    checkLength(
      "decodeInt4",
      "zeroPoints",
      zeroPoints.length,
      (blocks / blocksPerRow) * zeroBytesPerRow,
    );
  for (let block = 0; block < blocks; block++) {
    const column = block % blocksPerRow;
    const row = (block - column) / blocksPerRow;
    const zeroPoint = zeroPoints
      ? (zeroPoints[row * zeroBytesPerRow + (column >> 1)] >> (4 * (column & 1))) & 15
      : 8;
    const scale = scales[block];
    for (let i = block * blockSize; i < (block + 1) * blockSize; i += 2) {
      const byte = packed[i >> 1];
      out[i] = ((byte & 15) - zeroPoint) * scale;
      out[i + 1] = ((byte >> 4) - zeroPoint) * scale;
    }
  }
  return out;
}
