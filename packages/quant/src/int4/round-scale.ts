import type { ScaleDtype } from "./int4-blocks.ts";

/** Rounds one scale to what its dtype can hold, nearest, ties to even; beyond its largest number, to that number. */
export type RoundScale = (scale: number) => number;

const LARGEST_F32 = (2 - 2 ** -23) * 2 ** 127;
const LARGEST_F16 = 65_504;
const LARGEST_BF16 = (2 - 2 ** -7) * 2 ** 127;
/** At 1.5·2^28 neighbouring doubles are 2^-24 apart, which is float16's smallest step. */
const F16_SUBNORMAL_SHIFT = 1.5 * 2 ** 28;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The rounding of a dtype: one number at a time, as a search needs it. */
export function scaleRounding(dtype: ScaleDtype): RoundScale {
  return dtype === "f32" ? roundToFloat32 : dtype === "f16" ? roundToFloat16 : roundToBfloat16;
}

function roundToFloat32(scale: number): number {
  return Math.fround(clamp(scale, LARGEST_F32));
}

function roundToFloat16(scale: number): number {
  if (Math.abs(scale) < 2 ** -14) return scale + F16_SUBNORMAL_SHIFT - F16_SUBNORMAL_SHIFT;
  return clamp(keepHighBits(scale, 13), LARGEST_F16);
}

function roundToBfloat16(scale: number): number {
  return keepHighBits(clamp(scale, LARGEST_BF16), 16);
}

/** A float32 without its last bits, nearest, ties to even. A carry out of the mantissa raises the exponent, as it should. */
function keepHighBits(scale: number, dropped: number): number {
  float[0] = scale;
  const odd = (bits[0] >>> dropped) & 1;
  bits[0] = ((bits[0] + (1 << (dropped - 1)) - 1 + odd) >>> dropped) << dropped;
  return float[0];
}

function clamp(scale: number, largest: number): number {
  return Math.max(-largest, Math.min(largest, scale));
}
