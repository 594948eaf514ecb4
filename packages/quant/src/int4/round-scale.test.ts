import fc from "fast-check";
import { expect, it } from "vitest";
import { scaleRounding } from "./round-scale.ts";

it("a scale is rounded to float16, ties to even", () => {
  const round = scaleRounding("f16");
  expect(round(1 + 2 ** -11)).toBe(1); // half a step, to even
  expect(round(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
  expect(round(-(1 + 2 ** -10))).toBe(-(1 + 2 ** -10));
  expect(round(2 ** -24 * 1.5)).toBe(2 ** -23); // subnormal, tie to even
  expect(round(2 ** -25)).toBe(0);
  expect(round(1 - 2 ** -12)).toBe(1); // carries into the exponent
});

it("a scale is rounded to bfloat16, ties to even", () => {
  const round = scaleRounding("bf16");
  expect(round(1 + 2 ** -8)).toBe(1);
  expect(round(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
  expect(round(-0.3)).toBe(-0.30078125);
});

it("a scale too large becomes the largest finite one", () => {
  expect(scaleRounding("f16")(1e6)).toBe(65_504);
  expect(scaleRounding("f16")(-65_520)).toBe(-65_504);
  expect(scaleRounding("bf16")(3.4e38)).toBe(3.3895313892515355e38);
  expect(scaleRounding("f32")(1e39)).toBe(3.4028234663852886e38);
});

it("float16 rounding is nearest among float16 numbers", () => {
  const round = scaleRounding("f16");
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 60_000, noNaN: true }), (x) => {
      const scale = Math.fround(x);
      const step = 2 ** (Math.max(-14, Math.floor(Math.log2(scale))) - 10);
      const rounded = round(scale);
      expect(Number.isInteger(rounded / step)).toBe(true);
      expect(Math.abs(rounded - scale)).toBeLessThanOrEqual(step / 2);
    }),
  );
});
