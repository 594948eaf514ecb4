import { expect, it } from "vitest";
import { fromFloat16Bits, roundToFloat16, toFloat16Bits } from "./float16.ts";

/** The independent reading of a finite float16: sign, exponent, fraction. */
function half(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 31;
  const fraction = pattern & 1023;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const round = (...values: number[]) => [...roundToFloat16(Float32Array.from(values))];

it("roundToFloat16 rounds worked examples", () => {
  // Around 1 the step is 2^-10: half a step is a tie and goes to the even fraction, a little more goes up.
  expect(round(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20)).toEqual([
    1,
    1 + 2 ** -9,
    1 + 2 ** -10,
  ]);
  // 65504 is the largest; 65520 is the tie with 65536, which does not exist.
  expect(round(65_519.99, -65_520, 1e30, Infinity)).toEqual([
    65_504,
    -Infinity,
    Infinity,
    Infinity,
  ]);
  // Subnormal numbers are multiples of 2^-24: 0.5 and 1.5 of them are ties.
  expect(round(2 ** -25, 1.5 * 2 ** -24, 0.51 * 2 ** -24)).toEqual([0, 2 ** -23, 2 ** -24]);
  expect(round(-0, -(2 ** -30), NaN)).toEqual([-0, -0, NaN]);
});

it("a float16 and all between it and its neighbour round as nearest, ties to even", () => {
  const cases: [value: number, rounded: number][] = [];
  for (let pattern = 0; pattern < 0x7bff; pattern++) {
    const [low, high] = [half(pattern), half(pattern + 1)];
    const middle = (low + high) / 2;
    cases.push([low, low]);
    cases.push([middle, pattern % 2 === 0 ? low : high]);
    cases.push([middle - (high - low) / 1024, low]);
    cases.push([middle + (high - low) / 1024, high]);
  }
  for (const sign of [1, -1]) {
    const rounded = roundToFloat16(Float32Array.from(cases, ([value]) => sign * value));
    expect(cases.findIndex(([, want], i) => !Object.is(rounded[i], sign * want))).toBe(-1);
  }
});

it("roundToFloat16 can round in place, and on a part of a buffer", () => {
  const values = Float32Array.of(9, 1.0001, 2.0001, 9);
  const part = values.subarray(1, 3);
  expect(roundToFloat16(part, part)).toBe(part);
  expect([...values]).toEqual([9, 1, 2, 9]);
});

it("roundToFloat16 leaves its input alone, and refuses an out of another length", () => {
  const values = Float32Array.of(1.0001);
  roundToFloat16(values);
  expect(values[0]).toBe(Math.fround(1.0001));
  expect(() => roundToFloat16(values, new Float32Array(2))).toThrow(
    "roundToFloat16: expected out of length 1, got length 2",
  );
});

it("every finite float16 pattern is read exactly and written back", () => {
  const patterns = Uint16Array.from({ length: 0x1_0000 }, (_, pattern) => pattern).filter(
    (pattern) => (pattern & 0x7c00) !== 0x7c00,
  );
  const values = fromFloat16Bits(patterns);
  expect(values.findIndex((value, i) => !Object.is(value, half(patterns[i])))).toBe(-1);
  expect(toFloat16Bits(values)).toEqual(patterns);
});

it("patterns of infinity and NaN are read and written", () => {
  expect([...fromFloat16Bits(Uint16Array.of(0x7c00, 0xfc00, 0x7c01, 0xfe00))]).toEqual([
    Infinity,
    -Infinity,
    NaN,
    NaN,
  ]);
  expect([...toFloat16Bits(Float32Array.of(Infinity, -1e9, NaN))]).toEqual([
    0x7c00, 0xfc00, 0x7e00,
  ]);
});

it("toFloat16Bits rounds as roundToFloat16 does", () => {
  // Every 16411th float32 pattern: 261 000 numbers of all sizes and both signs, infinities and NaN among them.
  const bits = Uint32Array.from({ length: Math.floor(2 ** 32 / 16_411) }, (_, i) => i * 16_411);
  const values = new Float32Array(bits.buffer);
  const [written, rounded] = [fromFloat16Bits(toFloat16Bits(values)), roundToFloat16(values)];
  expect(written.findIndex((value, i) => !Object.is(value, rounded[i]))).toBe(-1);
});
