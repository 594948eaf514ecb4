import { countBlocks, type BlockLayout } from "../block-layout.ts";
import { QuantError } from "../quant-error.ts";
import { roundHalfEven } from "../round-half-even.ts";
import { INT8_ZERO_POINT, type Int8Blocks } from "./int8-blocks.ts";

/**
 * Quantizes a matrix to 8-bit integers: `scale = absmax/127`, `code = round(w/scale) + 128`, ties to even.
 *
 * The error is at most half a scale: 1/254 of the block's absmax. Measured on normal weights (root mean square of the
 * error over that of the weights): 0.0054 for G = 32, 0.0059 for 64, 0.0065 for 128; about a fifteenth of int4's.
 *
 * @param values - Weights; `[O, C]`, row-major, finite.
 * @param layout - C and G.
 * @returns codes `[O·C]` and scales `[O·C/G]`; 8 + 32/G bits a weight.
 * @throws {QuantError} if C is not a multiple of G, or a weight is not finite.
 */
export function encodeInt8Blocks(values: Float32Array, layout: BlockLayout): Int8Blocks {
  const { blockSize } = layout;
  const blocks = countBlocks("encodeInt8Blocks", values.length, layout);
  const packed = new Uint8Array(values.length);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const start = block * blockSize;
    const end = start + blockSize;
    let absmax = 0;
    for (let i = start; i < end; i++) absmax = Math.max(absmax, Math.abs(values[i]));
    if (!Number.isFinite(absmax))
      throw new QuantError("encodeInt8Blocks", "finite weights", `${absmax} in block ${block}`);
    const scale = Math.fround(absmax / 127);
    scales[block] = scale;
    // A scale among float32's subnormals may be rounded down by a third: hence the clamp. Scale 0: all weights become 0.
    const divisor = scale === 0 ? Infinity : scale;
    for (let i = start; i < end; i++) {
      const code = roundHalfEven(values[i] / divisor);
      packed[i] = (code > 127 ? 127 : code < -127 ? -127 : code) + INT8_ZERO_POINT;
    }
  }
  return { packed, scales };
}
