import fc from "fast-check";
import { expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import { decodeInt8Rows } from "./decode-int8-rows.ts";
import { encodeInt8Rows } from "./encode-int8-rows.ts";

it("encodeInt8Rows quantizes a worked example, ties to even", () => {
  // 127/SCB is 1 in the first row: 0.5, 1.5, -2.5 and 2.5 are ties. In the second it is 127/2.
  const values = Float32Array.of(127, 0.5, 1.5, -2.5, 2.5, 2, -2, 1, 0.1, 0);
  const { CB, SCB } = encodeInt8Rows(values, 5);
  // 1 · 63.5 is a tie, to 64; 0.1 · 63.5 = 6.35.
  expect([...CB]).toEqual([127, 0, 2, -2, 2, 127, -127, 64, 6, 0]);
  expect([...SCB]).toEqual([127, 2]);
  const decoded = decodeInt8Rows({ CB, SCB }, 5);
  expect(decoded[7]).toBe(Math.fround(128 / 127));
});

it("rows of zeros, and rows too small to have a reciprocal, become zeros", () => {
  const { CB, SCB } = encodeInt8Rows(Float32Array.of(0, -0, 1e-38, -1e-38), 2, {
    halfFirst: false,
  });
  expect([...CB]).toEqual([0, 0, 0, 0]);
  expect([...SCB]).toEqual([0, Math.fround(1e-38)]);
  expect([...decodeInt8Rows({ CB, SCB }, 2)]).toEqual([0, 0, 0, 0]);
});

it("weights are rounded to float16 first, unless told otherwise", () => {
  // 1.0004 is 1 in float16, whose step is 2^-10 there.
  expect(encodeInt8Rows(Float32Array.of(1.0004), 1).SCB[0]).toBe(1);
  expect(encodeInt8Rows(Float32Array.of(1.0004), 1, { halfFirst: false }).SCB[0]).toBe(
    Math.fround(1.0004),
  );
});

it("decoded weights are within half a step, and encode to themselves", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 150 }),
      (seed, rows, cols) => {
        const values = randomWeights(seed, rows * cols);
        const encoded = encodeInt8Rows(values, cols, { halfFirst: false });
        const decoded = decodeInt8Rows(encoded, cols);
        // Half a step is SCB/254; four float32 operations add 2^-24 of SCB each.
        const worst = values.findIndex(
          (value, i) =>
            Math.abs(value - decoded[i]) > (1 / 254 + 2 ** -22) * encoded.SCB[Math.floor(i / cols)],
        );
        expect(worst).toBe(-1);
        expect(encodeInt8Rows(decoded, cols, { halfFirst: false }).CB).toEqual(encoded.CB);
      },
    ),
    { numRuns: 40 },
  );
});

it("rows encode alone as they do together", () => {
  const values = randomWeights(2, 6 * 33);
  const whole = encodeInt8Rows(values, 33);
  const parts = [values.subarray(0, 66), values.subarray(66)].map((part) =>
    encodeInt8Rows(part, 33),
  );
  expect(parts.flatMap(({ CB }) => [...CB])).toEqual([...whole.CB]);
  expect(parts.flatMap(({ SCB }) => [...SCB])).toEqual([...whole.SCB]);
});

it("lengths that do not fit and weights that are not finite are refused", () => {
  expect(() => encodeInt8Rows(new Float32Array(5), 2)).toThrow(
    "encodeInt8Rows: expected whole rows of 2 values, got 5 values",
  );
  expect(() => encodeInt8Rows(Float32Array.of(1, 70_000), 1)).toThrow(
    "encodeInt8Rows: expected finite weights, got Infinity in row 1",
  );
  expect(() => encodeInt8Rows(Float32Array.of(NaN), 1)).toThrow("got NaN in row 0");
  const rows = { CB: new Int8Array(4), SCB: new Float32Array(3) };
  expect(() => decodeInt8Rows(rows, 2)).toThrow("expected SCB of length 2, got length 3");
  const fitting = { CB: new Int8Array(4), SCB: new Float32Array(2) };
  expect(() => decodeInt8Rows(fitting, 2, new Float32Array(3))).toThrow("out of length 4");
});
