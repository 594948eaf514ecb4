import { describe, expect, it } from "vitest";
import { BINS_PER_UNIT, createCodeBins } from "./code-bins.ts";
import { ladderOf } from "./code-ladder.ts";
import { codebookOf } from "./codebooks.ts";
import { naiveCode } from "./naive-four-bit.ts";

/** A float32 and both its neighbours. */
function around(value: number): number[] {
  const float = Float32Array.of(value, value, value);
  const bits = new Int32Array(float.buffer);
  bits[0]--;
  bits[2]++;
  return [...float];
}

it("two thresholds in one bin are refused", () => {
  const thresholds = Float32Array.of(0.5, 0.5001);
  expect(() => createCodeBins({ thresholds, codes: Uint8Array.of(0, 1, 2) })).toThrow(
    "two thresholds in bin 1536",
  );
});

describe.each(["nf4", "fp4"] as const)("%s", (quantType) => {
  const ladder = ladderOf(quantType);
  const { below, threshold, above } = createCodeBins(ladder);
  const codeOf = (x: number) => {
    const bin = (x * BINS_PER_UNIT + BINS_PER_UNIT) | 0;
    return x > threshold[bin] ? above[bin] : below[bin];
  };

  it("has all codes, by ascending value, and 15 thresholds between them", () => {
    expect(new Set(ladder.codes).size).toBe(16);
    const values = [...ladder.codes].map((code) => codebookOf("test", quantType)[code]);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    for (const [i, limit] of ladder.thresholds.entries()) {
      expect(limit).toBeGreaterThanOrEqual(values[i] - 2 ** -149);
      expect(limit).toBeLessThan(values[i + 1] || 2 ** -149);
    }
  });

  it("the look-up gives the code of the plain comparisons on and beside every threshold and bin border", () => {
    const borders = Array.from({ length: 2049 }, (_, bin) => (bin - 1024) / 1024);
    const tiny = [0, -0, 2 ** -149, -(2 ** -149), 2 ** -99, -(2 ** -99)];
    const mirrored = [...ladder.thresholds].map((limit) => -limit);
    // One unit in the last place beyond ±1 is what rounding of w · (1/absmax) can make of absmax.
    const xs = [...ladder.thresholds, ...mirrored, ...borders.filter((x) => x !== 0)]
      .flatMap(around)
      .concat(tiny);
    expect(Math.max(...xs)).toBeGreaterThan(1);
    for (const x of xs) expect(codeOf(x), String(x)).toBe(naiveCode(x, quantType));
  });
});
