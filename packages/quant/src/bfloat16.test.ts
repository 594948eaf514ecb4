import { expect, it } from "vitest";
import { fromBfloat16Bits, roundToBfloat16, toBfloat16Bits } from "./bfloat16.ts";

/** The independent reading of a finite bfloat16: sign, exponent, fraction. */
function brain(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 7) & 255;
  const fraction = pattern & 127;
  return exponent === 0
    ? sign * fraction * 2 ** -133
    : sign * (1 + fraction / 128) * 2 ** (exponent - 127);
}

const round = (...values: number[]) => [...roundToBfloat16(Float32Array.from(values))];
const LARGEST = (2 - 2 ** -7) * 2 ** 127;

it("roundToBfloat16 rounds worked examples", () => {
  // Around 1 the step is 2^-7: half a step is a tie and goes to the even fraction, a little more goes up.
  expect(round(1 + 2 ** -8, 1 + 3 * 2 ** -8, -1 - 2 ** -8 - 2 ** -20)).toEqual([
    1,
    1 + 2 ** -6,
    -1 - 2 ** -7,
  ]);
  expect(round(LARGEST, 3.4e38, -Infinity, NaN, -0)).toEqual([
    LARGEST,
    Infinity,
    -Infinity,
    NaN,
    -0,
  ]);
});

it("a NaN whose bits lie in the lower half stays NaN", () => {
  const values = new Float32Array(Uint32Array.of(0x7f80_0001, 0xff80_ffff).buffer);
  expect([...roundToBfloat16(values)]).toEqual([NaN, NaN]);
  expect([...toBfloat16Bits(values)]).toEqual([0x7fc0, 0xffc0]);
});

it("a bfloat16 and all between it and its neighbour round as nearest, ties to even", () => {
  const cases: [value: number, rounded: number][] = [];
  for (let pattern = 0; pattern < 0x7f7f; pattern++) {
    const [low, high] = [brain(pattern), brain(pattern + 1)];
    const middle = low / 2 + high / 2;
    cases.push([low, low]);
    cases.push([middle, pattern % 2 === 0 ? low : high]);
    cases.push([middle - (high - low) / 1024, low]);
    cases.push([middle + (high - low) / 1024, high]);
  }
  for (const sign of [1, -1]) {
    const rounded = roundToBfloat16(Float32Array.from(cases, ([value]) => sign * value));
    expect(cases.findIndex(([, want], i) => !Object.is(rounded[i], sign * want))).toBe(-1);
  }
});

it("every finite bfloat16 pattern is read exactly and written back", () => {
  const patterns = Uint16Array.from({ length: 0x1_0000 }, (_, pattern) => pattern).filter(
    (pattern) => (pattern & 0x7f80) !== 0x7f80,
  );
  const values = fromBfloat16Bits(patterns);
  expect(values.findIndex((value, i) => !Object.is(value, brain(patterns[i])))).toBe(-1);
  expect(toBfloat16Bits(values)).toEqual(patterns);
});

it("roundToBfloat16 rounds in place, and refuses an out of another length", () => {
  const values = Float32Array.of(1.001);
  expect(roundToBfloat16(values, values)[0]).toBe(1);
  expect(() => roundToBfloat16(values, new Float32Array(2))).toThrow(
    "out of length 1, got length 2",
  );
});
