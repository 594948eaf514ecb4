import { countBlocks } from "../block-layout.ts";
import { QuantError } from "../quant-error.ts";
import { roundHalfEven } from "../round-half-even.ts";
import type { Int4Blocks, Int4Options } from "./int4-blocks.ts";
import { scaleRounding } from "./round-scale.ts";

/** 4-bit blocks of a matrix. */
export function encodeInt4(values: Float32Array, options: Int4Options): Int4Blocks {
  const { cols, blockSize, symmetric = true, scaleDtype = "f32" } = options;
  const blocks = countBlocks("encodeInt4", values.length, options);
  const round = scaleRounding(scaleDtype);
  const packed = new Uint8Array(values.length / 2);
  const scales = new Float32Array(blocks);
  const blocksPerRow = cols / blockSize;
  const zeroBytesPerRow = (blocksPerRow + 1) >> 1;
  const zeroPoints = symmetric
    ? undefined
    : new Uint8Array((values.length / cols) * zeroBytesPerRow);
  for (let block = 0; block < blocks; block++) {
    const start = block * blockSize;
    let low = 0;
    let high = 0;
    for (let i = start; i < start + blockSize; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    if (!Number.isFinite(high - low))
      throw new QuantError("encodeInt4", "finite weights", `a NaN or infinity in block ${block}`);
    const scale = round(symmetric ? Math.max(-low, high) / 7 : (high - low) / 15);
    const zeroPoint = symmetric || scale === 0 ? 8 : Math.min(15, roundHalfEven(-low / scale));
    scales[block] = scale;
    if (zeroPoints) {
      const column = block % blocksPerRow;
      const row = (block - column) / blocksPerRow;
      zeroPoints[row * zeroBytesPerRow + (column >> 1)] |= zeroPoint << (4 * (column & 1));
    }
    const divisor = scale || 1;
    for (let i = start; i < start + blockSize; i += 2) {
      const even = roundHalfEven(values[i] / divisor) + zeroPoint;
      const odd = roundHalfEven(values[i + 1] / divisor) + zeroPoint;
      packed[i >> 1] = Math.min(15, Math.max(0, even)) | (Math.min(15, Math.max(0, odd)) << 4);
    }
  }
  return zeroPoints ? { packed, scales, zeroPoints } : { packed, scales };
}
