import fc from "fast-check";
import { expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import type { BlockSize } from "../block-layout.ts";
import { decodeInt8Blocks, encodeInt8Blocks } from "./index.ts";

const one = { cols: 32, blockSize: 32 } as const;

it("encodeInt8Blocks quantizes a worked example", () => {
  // absmax 127, scale 1; ties to even: 0.5 -> 0, 1.5 -> 2, -2.5 -> -2
  const weights = Float32Array.from(
    { length: 32 },
    (_, i) => [-127, 0.5, 1.5, -2.5, 126.4][i] ?? 0,
  );
  const { packed, scales } = encodeInt8Blocks(weights, one);
  expect([...packed.subarray(0, 6)]).toEqual([1, 128, 130, 126, 254, 128]);
  expect([...scales]).toEqual([1]);
});

it("blocks of zeros and of the smallest number survive", () => {
  expect(encodeInt8Blocks(new Float32Array(32), one)).toEqual({
    packed: new Uint8Array(32).fill(128),
    scales: Float32Array.of(0),
  });
  // a scale among the subnormals has one or two bits: 1e-45/127 is 0, 1.9e-43/127 and 3e-43/127 are one step and two
  for (const value of [1e-45, 1.9e-43, 3e-43]) {
    const weights = new Float32Array(32).fill(value);
    const decoded = decodeInt8Blocks(encodeInt8Blocks(weights, one), one);
    expect(Math.abs(decoded[0] - weights[0])).toBeLessThan(1.3e-43);
  }
});

it("encodeInt8Blocks refuses odd shapes and weights that are not finite", () => {
  expect(() => encodeInt8Blocks(new Float32Array(48), { cols: 48, blockSize: 32 })).toThrow(
    "encodeInt8Blocks: expected cols that are a multiple of blockSize 32, got cols 48",
  );
  const weights = new Float32Array(32);
  weights[3] = NaN;
  expect(() => encodeInt8Blocks(weights, one)).toThrow("expected finite weights");
  const blocks = { packed: new Uint8Array(64), scales: new Float32Array(3) };
  expect(() => decodeInt8Blocks(blocks, one)).toThrow("expected scales of length 2, got length 3");
});

it("each weight comes back within half a scale, and the largest exactly on code 127", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom<BlockSize>(32, 64, 128),
      (seed, blocks, blockSize) => {
        const layout = { cols: blocks * blockSize, blockSize };
        const weights = randomWeights(seed, 2 * layout.cols);
        const encoded = encodeInt8Blocks(weights, layout);
        const decoded = decodeInt8Blocks(encoded, layout);
        for (const [block, scale] of encoded.scales.entries()) {
          const codes = encoded.packed.subarray(block * blockSize, (block + 1) * blockSize);
          expect(Math.max(...codes.map((code) => Math.abs(code - 128)))).toBe(127);
          for (let i = block * blockSize; i < (block + 1) * blockSize; i++)
            expect(Math.abs(decoded[i] - weights[i])).toBeLessThanOrEqual(scale * 0.50001);
        }
      },
    ),
    { numRuns: 50 },
  );
});
