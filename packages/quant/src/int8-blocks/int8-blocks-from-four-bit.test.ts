import fc from "fast-check";
import { expect, it } from "vitest";
import { randomWeights, relativeError } from "../__fixtures__/random-weights.ts";
import {
  decodeFourBit,
  encodeFourBit,
  FP4_CODEBOOK,
  type FourBitType,
  NF4_CODEBOOK,
} from "../four-bit/index.ts";
import { decodeInt8Blocks, int8BlocksFromFourBit } from "./index.ts";

const codebooks = { nf4: NF4_CODEBOOK, fp4: FP4_CODEBOOK };
/** Largest |integer/S − codebook value|, as the doc comment says, both formats. */
const WORST_SHARE_OF_ABSMAX = 0.0029;

it("the even weight comes from the high half of a byte", () => {
  // NF4 code 15 is 1, code 7 is 0, code 0 is -1; S = 123.26, so 1 becomes 123
  const packed = new Uint8Array(16).fill(0x77);
  packed[0] = 0xf7;
  packed[1] = 0x70;
  const blocks = int8BlocksFromFourBit(
    { packed, absmax: Float32Array.of(2) },
    { count: 32, blockSize: 32 },
  );
  expect([...blocks.packed.subarray(0, 5)]).toEqual([128 + 123, 128, 128, 128 - 123, 128]);
  expect(blocks.scales[0]).toBeCloseTo(2 / 123.262, 6);
});

it("every code of both formats comes back within the error that is promised", () => {
  for (const quantType of ["nf4", "fp4"] as const) {
    const packed = Uint8Array.from(
      { length: 128 },
      (_, i) => ((i % 8) << 5) | ((i % 8) << 1) | 0x01,
    );
    const absmax = Float32Array.of(1, 1, 1, 1);
    const layout = { cols: 64, blockSize: 64 } as const;
    const decoded = decodeInt8Blocks(
      int8BlocksFromFourBit({ packed, absmax }, { count: 256, quantType }),
      layout,
    );
    const seen = new Set<number>();
    for (const [i, weight] of decoded.entries()) {
      const code = (packed[i >> 1] >> (i % 2 === 0 ? 4 : 0)) & 15;
      seen.add(code);
      expect(Math.abs(weight - codebooks[quantType][code])).toBeLessThan(WORST_SHARE_OF_ABSMAX);
    }
    expect(seen.size).toBe(16);
  }
});

it("weights stay within 0.29 % of their block's absmax", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(32 as const, 64 as const, 128 as const),
      fc.constantFrom<FourBitType>("nf4", "fp4"),
      (seed, blockCount, blockSize, quantType) => {
        const count = blockCount * blockSize;
        const encoded = encodeFourBit(randomWeights(seed, count), { quantType, blockSize });
        const exact = decodeFourBit(encoded, { count, quantType, blockSize, roundTo: "f32" });
        const blocks = int8BlocksFromFourBit(encoded, { count, quantType, blockSize });
        const near = decodeInt8Blocks(blocks, { cols: count, blockSize });
        for (let i = 0; i < count; i++)
          expect(Math.abs(near[i] - exact[i])).toBeLessThan(
            WORST_SHARE_OF_ABSMAX * encoded.absmax[Math.floor(i / blockSize)],
          );
      },
    ),
    { numRuns: 50 },
  );
});

it("what it adds to NF4's error is as small as its doc comment says", () => {
  const weights = randomWeights(11, 2 ** 17);
  const encoded = encodeFourBit(weights);
  const count = weights.length;
  const exact = decodeFourBit(encoded, { count, roundTo: "f32" });
  const near = decodeInt8Blocks(int8BlocksFromFourBit(encoded, { count }), {
    cols: 1024,
    blockSize: 64,
  });
  expect(relativeError(weights, exact)).toBeCloseTo(0.092, 3);
  expect(relativeError(exact, near)).toBeCloseTo(0.0052, 4);
  expect(relativeError(weights, near)).toBeCloseTo(0.092, 3);
});

it("int8BlocksFromFourBit refuses what is not whole blocks", () => {
  const blocks = { packed: new Uint8Array(32), absmax: new Float32Array(1) };
  expect(() => int8BlocksFromFourBit(blocks, { count: 60 })).toThrow(
    "int8BlocksFromFourBit: expected count that is a multiple of blockSize 64, got 60",
  );
  expect(() => int8BlocksFromFourBit(blocks, { count: 128 })).toThrow("packed of length 64");
  expect(() => int8BlocksFromFourBit(blocks, { count: 64, blockSize: 32 })).toThrow(
    "absmax of length 2",
  );
  expect(() => int8BlocksFromFourBit(blocks, { count: 64, blockSize: 1 })).toThrow("even");
  expect(() => int8BlocksFromFourBit(blocks, { count: 64, quantType: "nf5" as never })).toThrow(
    'quantType "nf4" or "fp4"',
  );
});
