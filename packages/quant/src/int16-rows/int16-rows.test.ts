import fc from "fast-check";
import { expect, it } from "vitest";
import { randomWeights, relativeError } from "../__fixtures__/random-weights.ts";
import { decodeInt16Rows, encodeInt16Rows } from "./index.ts";

it("encodeInt16Rows splits a worked example", () => {
  // absmax 32639, scale 1: 32639 = 256·127 + 127; 200 = 256·1 − 56; −200 = 256·(−1) + 56; 128 = 256 − 128; ties to even
  const weights = Float32Array.of(32_639, -32_639, 200, -200, 128, -128, 0.5, 1.5);
  const { high, low, scales } = encodeInt16Rows(weights, 8);
  expect([...high]).toEqual([127, -127, 1, -1, 1, 0, 0, 0]);
  expect([...low]).toEqual([127, -127, -56, 56, -128, -128, 0, 2]);
  expect([...scales]).toEqual([1]);
});

it("a row of zeros has scale 0, and each row its own scale", () => {
  const rows = encodeInt16Rows(Float32Array.of(0, 0, 3, -1), 2);
  expect([...rows.scales]).toEqual([0, Math.fround(3 / 32_639)]);
  expect([...decodeInt16Rows(rows, 2)].map((weight) => weight.toFixed(4))).toEqual([
    "0.0000",
    "0.0000",
    "3.0000",
    "-1.0000",
  ]);
});

it("codes stay in range where a subnormal scale is rounded down", () => {
  // 40000 steps of 2^-149 over 32639 is 1.2 steps, stored as one: 40000 would be the code
  const { high, low, scales } = encodeInt16Rows(Float32Array.of(40_000 * 2 ** -149, 0), 2);
  expect([high[0], low[0], scales[0]]).toEqual([127, 127, 2 ** -149]);
});

it("encodeInt16Rows refuses odd shapes and weights that are not finite", () => {
  expect(() => encodeInt16Rows(new Float32Array(5), 2)).toThrow(
    "encodeInt16Rows: expected whole rows of 2 values, got 5 values",
  );
  expect(() => encodeInt16Rows(Float32Array.of(1, Infinity), 2)).toThrow("expected finite weights");
  const rows = { high: new Int8Array(4), low: new Int8Array(3), scales: new Float32Array(2) };
  expect(() => decodeInt16Rows(rows, 2)).toThrow("expected low of length 4, got length 3");
});

it("each weight comes back within half a scale, 2^-16 of its row's absmax", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 300 }),
      (seed, rows, cols) => {
        const weights = randomWeights(seed, rows * cols);
        const encoded = encodeInt16Rows(weights, cols);
        const decoded = decodeInt16Rows(encoded, cols);
        for (let i = 0; i < weights.length; i++) {
          const scale = encoded.scales[Math.floor(i / cols)];
          // half a scale, and float32's own rounding of the weight that comes out
          expect(Math.abs(decoded[i] - weights[i])).toBeLessThanOrEqual(scale * 0.505);
        }
      },
    ),
    { numRuns: 50 },
  );
});

it("normal weights keep the bits that the doc comment says", () => {
  const weights = randomWeights(3, 64 * 4096);
  const error = relativeError(weights, decodeInt16Rows(encodeInt16Rows(weights, 4096), 4096));
  expect(error).toBeCloseTo(3.4e-5, 5);
});
