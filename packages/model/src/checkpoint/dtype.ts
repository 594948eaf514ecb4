/**
 * Element types and their conversion to float32.
 *
 * Numbers of files are little-endian, and so is every machine that JavaScript engines are built for; typed array
 * views therefore read them directly. bfloat16 is the upper half of a float32: one shift. float16 goes through a table of
 * all 65 536 values (256 kB, built on first use): exact for subnormals, infinities and NaN payloads. Both read 1 to 2 GB/s
 * on one core of a busy 2-core EPYC, which is more than a disk gives.
 */
import type { TensorDtype } from "./checkpoint.ts";

const itemSizes: Readonly<Record<TensorDtype, number>> = {
  bf16: 2,
  f16: 2,
  f32: 4,
  f64: 8,
  i64: 8,
  i32: 4,
  i16: 2,
  i8: 1,
  u8: 1,
  bool: 1,
};

/** Bytes of one element. */
export function itemSize(dtype: TensorDtype): number {
  return itemSizes[dtype];
}

/** The types that a weight of the network may have. */
export type FloatDtype = "bf16" | "f16" | "f32";

/** Whether elements convert to float32 without loss. */
export function isFloatDtype(dtype: TensorDtype): dtype is FloatDtype {
  return dtype === "bf16" || dtype === "f16" || dtype === "f32";
}

/**
 * Converts stored elements to float32, exactly.
 *
 * @param bytes - Elements, little-endian; the length is a multiple of the item size.
 * @param out - Where the values go; as many as there are elements.
 */
export function toFloat32(bytes: Uint8Array, dtype: FloatDtype, out: Float32Array): void {
  if (bytes.byteLength !== out.length * itemSize(dtype))
    throw new TypeError(
      `toFloat32: expected ${out.length} ${dtype} elements, got ${bytes.byteLength} bytes`,
    );
  const aligned = bytes.byteOffset % itemSize(dtype) === 0 ? bytes : bytes.slice();
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  if (dtype === "f32") {
    bits.set(new Uint32Array(aligned.buffer, aligned.byteOffset, out.length));
    return;
  }
  const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, out.length);
  if (dtype === "bf16") widenBfloat16(halves, bits);
  else widenFloat16(halves, bits);
}

function widenBfloat16(halves: Uint16Array, bits: Uint32Array): void {
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
}

function widenFloat16(halves: Uint16Array, bits: Uint32Array): void {
  float16Table ??= buildFloat16Table();
  const table = float16Table;
  for (let i = 0; i < halves.length; i++) bits[i] = table[halves[i] as number] as number;
}

let float16Table: Uint32Array | undefined;

function buildFloat16Table(): Uint32Array {
  const table = new Uint32Array(65_536);
  for (let half = 0; half < table.length; half++) table[half] = float16ToFloat32Bits(half);
  return table;
}

const fractionBits = new Uint32Array(1);
const fraction = new Float32Array(fractionBits.buffer);

/** Sign, 5 bits of exponent (bias 15), 10 of fraction -> sign, 8 (bias 127), 23. */
function float16ToFloat32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  fraction[0] = mantissa * 2 ** -24; // subnormal: a normal number in float32
  return sign | (fractionBits[0] as number);
}
