import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itemSize, toFloat32, type FloatDtype } from "./dtype.ts";

function convert(dtype: FloatDtype, bytes: Uint8Array): Float32Array {
  const out = new Float32Array(bytes.length / itemSize(dtype));
  toFloat32(bytes, dtype, out);
  return out;
}

const halves = (...bits: number[]) => new Uint8Array(Uint16Array.from(bits).buffer);
const bitsOf = (values: Float32Array) => [...new Uint32Array(values.buffer)];

describe("conversion to float32", () => {
  it("bfloat16 is the upper half of a float32", () => {
    // 0x3f80 = 1, 0xc0a0 = -5 (1.25 * 2^2), 0x0001 = the smallest subnormal, 0x7f80 = infinity
    const bits = bitsOf(convert("bf16", halves(0x3f80, 0xc0a0, 0x0001, 0x7f80, 0xff81)));
    expect(bits).toEqual([0x3f800000, 0xc0a00000, 0x00010000, 0x7f800000, 0xff810000]);
  });

  it("float16 converts worked examples", () => {
    // 0x3c00 = 1; 0x7bff = 65504, the largest; 0x0001 = 2^-24; 0x03ff = 1023 * 2^-24; 0x0400 = 2^-14
    const values = convert("f16", halves(0x3c00, 0x7bff, 0x0001, 0x03ff, 0x0400, 0xfc00, 0x8000));
    expect([...values]).toEqual([1, 65504, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, -Infinity, -0]);
  });

  it("float16 is exact for all 65536 values, the payloads of NaNs included", () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const values = convert("f16", new Uint8Array(all.buffer));
    const bits = new Uint32Array(values.buffer);
    for (const half of all) {
      const sign = half >> 15 ? -1 : 1;
      const exponent = (half >> 10) & 31;
      const fraction = half & 1023;
      if (exponent === 31 && fraction !== 0) {
        const isSame = Number.isNaN(values[half]) && ((bits[half]! >> 13) & 1023) === fraction;
        if (!isSame) throw new Error(`NaN ${half.toString(16)} became ${bits[half]!.toString(16)}`);
        continue;
      }
      const expected =
        exponent === 31
          ? Infinity
          : exponent === 0
            ? fraction * 2 ** -24
            : (1 + fraction / 1024) * 2 ** (exponent - 15);
      if (!Object.is(values[half], sign * expected))
        throw new Error(`${half.toString(16)}: expected ${sign * expected}, got ${values[half]}`);
    }
  });

  it("float32 keeps its bits from any alignment", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 7 }),
        (bits, shift) => {
          const padded = new Uint8Array(shift + 4 * bits.length);
          padded.set(new Uint8Array(Uint32Array.from(bits).buffer), shift);
          expect(bitsOf(convert("f32", padded.subarray(shift)))).toEqual(bits);
        },
      ),
    );
  });

  it("a 16-bit conversion gives the same from an odd address", () => {
    const bytes = Uint8Array.of(9, 0x80, 0x3f, 0xa0, 0xc0);
    expect([...convert("bf16", bytes.subarray(1))]).toEqual([1, -5]);
  });

  it("refuses a buffer of another length", () => {
    expect(() => toFloat32(new Uint8Array(6), "bf16", new Float32Array(2))).toThrow(
      "toFloat32: expected 2 bf16 elements, got 6 bytes",
    );
  });
});
