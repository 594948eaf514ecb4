import { expect, it } from "vitest";
import { quantizeActivations } from "./quantize-activations.ts";

it("quantizeActivations quantizes a worked example", () => {
  // 6 is an outlier, 5.99 is not: SCA of the first row is 5.99 in float16, 5.98828125; that column is 0 in both rows.
  const x = Float32Array.of(5.99, 6, -1, 2, 1, -2);
  const { CA, SCA, outlierCols } = quantizeActivations(x, 3);
  expect(outlierCols).toEqual([1]);
  expect([...SCA]).toEqual([5.98828125, 2]);
  // -1 · 127/5.988 = -21.2; the second row is scaled by 63.5.
  expect([...CA]).toEqual([127, 0, -21, 127, 0, -127]);
});

it("a cell below the threshold in an outlier column counts for its row's SCA", () => {
  const { CA, SCA } = quantizeActivations(Float32Array.of(9, 1, 4, 1), 2);
  expect([...SCA]).toEqual([1, 4]);
  // 1 · 127/4 = 31.75.
  expect([...CA]).toEqual([0, 127, 0, 32]);
});

it("the threshold is compared after rounding to float16", () => {
  // 5.999 rounds to 6: the step below 8 is 2^-8.
  expect(quantizeActivations(Float32Array.of(5.999), 1).outlierCols).toEqual([0]);
});

it("threshold 0 means no outliers", () => {
  const { outlierCols, SCA } = quantizeActivations(Float32Array.of(100), 1, { threshold: 0 });
  expect(outlierCols).toEqual([]);
  expect([...SCA]).toEqual([100]);
});

it("rows of zeros, and of nothing else than outliers, have SCA 0", () => {
  const { CA, SCA, outlierCols } = quantizeActivations(Float32Array.of(0, -0, 7, -8), 2);
  expect([...CA]).toEqual([0, 0, 0, 0]);
  expect([...SCA]).toEqual([0, 0]);
  expect(outlierCols).toEqual([0, 1]);
});

it("quantizeActivations leaves its input alone, and refuses what is not whole rows", () => {
  const x = Float32Array.of(1.0001, 8);
  quantizeActivations(x, 2);
  expect([...x]).toEqual([Math.fround(1.0001), 8]);
  expect(() => quantizeActivations(x, 3)).toThrow(
    "quantizeActivations: expected whole rows of 3 values, got 2 values",
  );
});
