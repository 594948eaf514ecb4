import fc from "fast-check";
import { expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import { quantizeAbsmax, restoreAbsmax } from "./double-quantization.ts";
import { DYNAMIC_MAP } from "./dynamic-map.ts";

/** Absmax as blocks of trained weights have them: around 0.05. */
const absmaxOf = (seed: number, count: number) =>
  randomWeights(seed, count).map((value) => 0.05 + value / 4);

it("quantizeAbsmax quantizes a worked example", () => {
  // Mean 2, deviations -1, 0, 1; the largest is 1. -1 is nearest to -0.9929688 (code 0), 0 is code 127, 1 code 255.
  const { codes, offset, nestedAbsmax } = quantizeAbsmax(Float32Array.of(1, 2, 3));
  expect([...codes]).toEqual([0, 127, 255]);
  expect(offset).toBe(2);
  expect([...nestedAbsmax]).toEqual([1]);
  const restored = restoreAbsmax({ codes, offset, nestedAbsmax });
  expect([...restored]).toEqual([expect.closeTo(2 - 0.9929688, 6), 2, 3]);
});

it("every value of the map, and what is nearest to it, has its code; a midpoint goes to the even one", () => {
  // Offset 0 and a 1 in every nested block leave the values as they are.
  const codeOf = (x: number) => quantizeAbsmax(Float32Array.of(1, x), { offset: 0 }).codes[1];
  for (let code = 0; code < 255; code++) {
    const [low, high] = [DYNAMIC_MAP[code], DYNAMIC_MAP[code + 1]];
    const middle = Math.fround(low + high) / 2;
    const step = (high - low) / 64;
    expect([low, middle - step, middle, middle + step, high].map(codeOf)).toEqual([
      code,
      code,
      code % 2 === 0 ? code : code + 1,
      code + 1,
      code + 1,
    ]);
  }
});

it("equal absmax are restored exactly", () => {
  const quantized = quantizeAbsmax(new Float32Array(300).fill(0.07));
  expect(new Set(quantized.codes)).toEqual(new Set([0]));
  expect([...quantized.nestedAbsmax]).toEqual([0, 0]);
  expect(new Set(restoreAbsmax(quantized))).toEqual(new Set([Math.fround(0.07)]));
});

it("no absmax at all is no error", () => {
  expect(restoreAbsmax(quantizeAbsmax(new Float32Array(0)))).toHaveLength(0);
});

it("restored absmax are within half the widest gap of the map", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, count) => {
      const absmax = absmaxOf(seed, count);
      const quantized = quantizeAbsmax(absmax);
      const restored = restoreAbsmax(quantized);
      // Gaps are 0.9/64 at most, 0.0143 around 0.1 and 0.007 at -1; 2^-23 for the sum with an offset of 0.05.
      const worst = absmax.findIndex(
        (value, i) =>
          Math.abs(value - restored[i]) >
          (0.9 / 128 + 1e-3) * quantized.nestedAbsmax[i >> 8] + 2 ** -23,
      );
      expect(worst).toBe(-1);
    }),
    { numRuns: 50 },
  );
});

it("nested blocks of 256 are independent, given the offset", () => {
  const absmax = absmaxOf(5, 700);
  const whole = quantizeAbsmax(absmax, { offset: 0.05 });
  const parts = [absmax.subarray(0, 256), absmax.subarray(256)].map((part) =>
    quantizeAbsmax(part, { offset: 0.05 }),
  );
  expect(parts.flatMap(({ codes }) => [...codes])).toEqual([...whole.codes]);
  expect(parts.flatMap(({ nestedAbsmax }) => [...nestedAbsmax])).toEqual([...whole.nestedAbsmax]);
});

it("restoreAbsmax takes a checkpoint's own map and nested block size", () => {
  const map = Float32Array.from({ length: 256 }, (_, code) => code);
  const codes = new Uint8Array(40).fill(3);
  const restored = restoreAbsmax(
    { codes, offset: 0.5, nestedAbsmax: Float32Array.of(1, 2) },
    { nestedBlockSize: 32, map },
  );
  expect([restored[31], restored[32]]).toEqual([3.5, 6.5]);
});

it("numbers that are not finite and lengths that do not fit are refused", () => {
  expect(() => quantizeAbsmax(Float32Array.of(1, NaN))).toThrow(
    "quantizeAbsmax: expected finite absmax, got NaN",
  );
  expect(() => quantizeAbsmax(Float32Array.of(Infinity), { offset: 0 })).toThrow("got Infinity");
  expect(() => quantizeAbsmax(Float32Array.of(1), { offset: NaN })).toThrow(
    "expected offset that is finite, got NaN",
  );
  const codes = new Uint8Array(257);
  expect(() => restoreAbsmax({ codes, offset: 0, nestedAbsmax: new Float32Array(1) })).toThrow(
    "restoreAbsmax: expected nestedAbsmax of length 2, got length 1",
  );
  const nested = { codes, offset: 0, nestedAbsmax: new Float32Array(2) };
  expect(() => restoreAbsmax(nested, { map: new Float32Array(16) })).toThrow("map of length 256");
  expect(() => restoreAbsmax(nested, { nestedBlockSize: 100 })).toThrow("power of two");
});
