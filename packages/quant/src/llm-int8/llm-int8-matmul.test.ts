import fc from "fast-check";
import { expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import { decodeInt8Rows } from "./decode-int8-rows.ts";
import { encodeInt8Rows } from "./encode-int8-rows.ts";
import { int8Product } from "./int8-product.ts";
import { llmInt8Matmul } from "./llm-int8-matmul.ts";

/** `x · Wᵀ` in double. */
function plainMatmul(x: Float32Array, weights: Float32Array, cols: number): number[] {
  const outs = weights.length / cols;
  return Array.from({ length: (x.length / cols) * outs }, (_, i) => {
    const row = x.subarray(Math.floor(i / outs) * cols).subarray(0, cols);
    return row.reduce((sum, value, c) => sum + value * weights[(i % outs) * cols + c], 0);
  });
}

it("int8Product multiplies a worked example, in fours and the rest", () => {
  // 1·1 + 2·2, …; five rows of CB are one four and one alone.
  const CB = Int8Array.of(1, 2, 0, 1, -1, 0, 127, -127, 3, 3);
  expect([...int8Product(Int8Array.of(1, 2, -127, 127), CB, 2)]).toEqual([
    5, 2, -1, -127, 9, 127, 127, 127, -32_258, 0,
  ]);
});

it("llmInt8Matmul multiplies a worked example", () => {
  // x = [1, 0.5], W = [[1, 1], [0, -2]]: codes 127, 64 (a tie: 63.5) and 127, 127 / 0, -127.
  const weights = { CB: Int8Array.of(127, 127, 0, -127), SCB: Float32Array.of(1, 2) };
  const y = llmInt8Matmul(Float32Array.of(1, 0.5), weights, { cols: 2 });
  // (127 + 64)/127 = 1.50394 and -64·2/127 = -1.00787, in float16: steps of 2^-10.
  expect([...y]).toEqual([1540 / 1024, -1032 / 1024]);
});

it("a column with an outlier is multiplied in floating point", () => {
  // Column 0 holds 8: in float32, 8 · 1 and 0.25 · 1. Column 1 is as above: 1/127² · 127 · 127 · 1 · 1.
  const weights = { CB: Int8Array.of(127, 127), SCB: Float32Array.of(1) };
  const y = llmInt8Matmul(Float32Array.of(8, 1, 0.25, 1), weights, { cols: 2 });
  expect([...y]).toEqual([9, 1.25]);
});

it("f16 rounds x, the outliers' weights and the sum", () => {
  const weights = { CB: Int8Array.of(64), SCB: Float32Array.of(1) };
  const x = Float32Array.of(8.001);
  // 64/127 = 0.50393701 is 0.50390625 in float16; 8.001 is 8.
  expect(llmInt8Matmul(x, weights, { cols: 1, dtype: "f16" })[0]).toBe(8 * 0.50390625);
  expect(llmInt8Matmul(x, weights, { cols: 1 })[0]).toBeCloseTo((8.001 * 64) / 127, 6);
});

it("rows and activations of zeros give zeros", () => {
  const weights = encodeInt8Rows(Float32Array.of(0, 0, 1, -1), 2);
  for (const x of [Float32Array.of(0, 0, -0, 0), Float32Array.of(9, 9, 0, 0)]) {
    const y = llmInt8Matmul(x, weights, { cols: 2 });
    expect([...y].every((value) => value === 0)).toBe(true);
  }
  expect(llmInt8Matmul(new Float32Array(0), weights, { cols: 2 })).toHaveLength(0);
});

it("a NaN in a row of x makes that row NaN, and no other", () => {
  const weights = encodeInt8Rows(Float32Array.of(1, -1), 2);
  expect([...llmInt8Matmul(Float32Array.of(1, 1, NaN, 1), weights, { cols: 2 })]).toEqual([0, NaN]);
});

it("y is near the product with the decoded weights", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 70 }),
      fc.boolean(),
      (seed, rows, outs, cols, hasOutliers) => {
        const x = randomWeights(seed, rows * cols).map((value) => value * 50);
        if (hasOutliers) x[0] = 40;
        const weights = encodeInt8Rows(randomWeights(seed + 1, outs * cols), cols);
        const y = llmInt8Matmul(x, weights, { cols });
        const expected = plainMatmul(x, decodeInt8Rows(weights, cols), cols);
        // An activation is off by SCA/254 < 6/254 and 2^-11 of itself, times a weight below SCB; float16 rounds y.
        const bound = cols * (6 / 254 + 6 * 2 ** -11) * Math.max(...weights.SCB);
        const worst = expected.findIndex(
          (value, i) => !(Math.abs(value - y[i]) <= bound + 2 ** -10 * Math.abs(value)),
        );
        expect(worst).toBe(-1);
      },
    ),
    { numRuns: 50 },
  );
});

it("lengths and options that do not fit are refused", () => {
  const weights = { CB: new Int8Array(6), SCB: new Float32Array(3) };
  const x = new Float32Array(4);
  expect(() => llmInt8Matmul(x, weights, { cols: 3 })).toThrow("whole rows of 3 values, got 4");
  expect(() => llmInt8Matmul(x, { ...weights, CB: new Int8Array(5) }, { cols: 2 })).toThrow(
    "whole rows of 2 values, got 5",
  );
  expect(() => llmInt8Matmul(x, { ...weights, SCB: new Float32Array(2) }, { cols: 2 })).toThrow(
    "llmInt8Matmul: expected SCB of length 3, got length 2",
  );
  expect(() => llmInt8Matmul(x, weights, { cols: 2, dtype: "bf16" as "f16" })).toThrow(
    'expected dtype "f32" or "f16", got "bf16"',
  );
});
