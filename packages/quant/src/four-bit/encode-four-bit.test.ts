import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import { roundToFloat16 } from "../float16.ts";
import { codebookOf } from "./codebooks.ts";
import { decodeFourBit } from "./decode-four-bit.ts";
import { encodeFourBit } from "./encode-four-bit.ts";
import { naiveCodes } from "./naive-four-bit.ts";

const unpack = (packed: Uint8Array) => [...packed].flatMap((byte) => [byte >> 4, byte & 15]);
/** Half the widest gap between neighbouring values of a codebook: an encoder is never further off, in units of absmax. */
const HALF_GAP = { nf4: (1 - 0.6961928) / 2, fp4: (1 - 0.6666667) / 2 };
/** Rounding of x, of a threshold and of the product, each 2^-24, in units of absmax. */
const ROUNDING = 2 ** -22;

it("encodeFourBit encodes a worked example in NF4", () => {
  // absmax 2. Scaled: 1, -1, 0, 0.25, -0.1. 0.25 lies in (0.2035, 0.2920]: code 10; -0.1 in (-0.1379, -0.0455]: code 6.
  const values = Float32Array.of(2, -2, 0, 0.5, -0.2);
  const { packed, absmax } = encodeFourBit(values);
  expect([...absmax]).toEqual([2]);
  expect([...packed]).toEqual([0xf0, 0x7a, 0x67]);
});

it("encodeFourBit encodes a worked example in FP4", () => {
  // absmax 12, so that the magnitudes are 0, 0.0625, 2, 3, 4, 6, 8, 12 with codes 0, 1, 6, 7, 4, 5, 2, 3; sign is 8.
  const values = Float32Array.of(12, -12, 8, 6.5, -4, 3, -2.25, 0.0625, -0.001, 0, -0, 1.5);
  const { packed } = encodeFourBit(values, { quantType: "fp4", halfFirst: false });
  expect(unpack(packed)).toEqual([3, 11, 2, 5, 12, 7, 14, 1, 8, 0, 0, 6]);
});

it("a weight on a threshold takes the lower NF4 code", () => {
  // 1 and 2 scale by 1: absmax is 1. 0.3125 is no threshold; 0.0397901… is that between 7 and 8.
  const on = 0.03979014977812767;
  const values = Float32Array.of(1, on, on * (1 + 2 ** -23));
  const { packed } = encodeFourBit(values, { halfFirst: false });
  expect(unpack(packed)).toEqual([15, 7, 8, 7]);
});

describe.each([
  ["nf4", 0x77],
  ["fp4", 0x00],
] as const)("%s", (quantType, zeros) => {
  it("a block of zeros becomes zeros", () => {
    const values = new Float32Array(129);
    const blocks = encodeFourBit(values, { quantType });
    expect([...blocks.absmax]).toEqual([0, 0, 0]);
    expect(new Set(blocks.packed)).toEqual(new Set([zeros]));
    expect(decodeFourBit(blocks, { count: 129, quantType })).toEqual(values);
  });

  it("a block too small to have a reciprocal becomes zeros", () => {
    // 1/1e-40 is above the largest float32.
    const values = Float32Array.of(1e-40, -1e-40, 0, 0);
    const blocks = encodeFourBit(values, { quantType, halfFirst: false });
    expect(new Set(blocks.packed)).toEqual(new Set([zeros]));
    expect(blocks.absmax[0]).toBe(Math.fround(1e-40));
  });

  it("the fast encoder gives the codes of the plain one", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 1200 }),
        fc.constantFrom(32, 64, 128),
        fc.boolean(),
        (seed, count, blockSize, halfFirst) => {
          const values = randomWeights(seed, count);
          const { packed } = encodeFourBit(values, { quantType, blockSize, halfFirst });
          const plain = halfFirst ? roundToFloat16(values) : values;
          const codes = naiveCodes(plain, blockSize, quantType);
          expect(unpack(packed).slice(0, count)).toEqual(codes);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("decoded weights are as near as the codebook allows", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2000 }), (seed, count) => {
        const values = randomWeights(seed, count);
        const blocks = encodeFourBit(values, { quantType, halfFirst: false });
        const decoded = decodeFourBit(blocks, { count, quantType, roundTo: "f32" });
        const bound = HALF_GAP[quantType] + ROUNDING;
        const worst = values.findIndex(
          (value, i) => Math.abs(value - decoded[i]) > bound * blocks.absmax[i >> 6],
        );
        expect(worst).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  it("weights that were decoded encode to the same weights again", () => {
    const count = 64 * 300;
    const blocks = encodeFourBit(randomWeights(1, count), { quantType });
    for (const roundTo of ["f16", "f32"] as const) {
      const decoded = decodeFourBit(blocks, { count, quantType, roundTo });
      const again = encodeFourBit(decoded, { quantType, halfFirst: roundTo === "f16" });
      // FP4's −0 comes back as 0, which the sum turns it into as well.
      const positiveZero = (values: Float32Array) => values.map((value) => value + 0);
      expect(positiveZero(decodeFourBit(again, { count, quantType, roundTo }))).toEqual(
        positiveZero(decoded),
      );
      expect(again.absmax).toEqual(blocks.absmax);
    }
  });

  it("every code has its own value", () => {
    const codebook = codebookOf("test", quantType);
    const { packed } = encodeFourBit(codebook, { quantType, halfFirst: false });
    // −0 is not below 0, so code 8 of FP4 comes back as code 0.
    const expected = Array.from(codebook, (value, code) => (Object.is(value, -0) ? 0 : code));
    expect(unpack(packed)).toEqual(expected);
  });
});

it("parts cut at a block border encode as the whole, across the chunks that are rounded together", () => {
  const values = randomWeights(7, 3 * 4096 + 77);
  const whole = encodeFourBit(values);
  for (const cut of [64, 4096, 4160, 8192]) {
    const parts = [values.subarray(0, cut), values.subarray(cut)].map((part) =>
      encodeFourBit(part),
    );
    expect(Buffer.concat(parts.map(({ packed }) => packed))).toEqual(Buffer.from(whole.packed));
    expect(parts.flatMap(({ absmax }) => [...absmax])).toEqual([...whole.absmax]);
  }
});

it("a block may be larger than the chunks that are rounded together", () => {
  const values = randomWeights(8, 20_000);
  const { packed, absmax } = encodeFourBit(values, { blockSize: 8192 });
  expect(absmax).toHaveLength(3);
  expect(unpack(packed)).toEqual(naiveCodes(roundToFloat16(values), 8192, "nf4"));
});

it("encodeFourBit leaves its input alone and takes no weights at all", () => {
  const values = Float32Array.of(1.0001);
  encodeFourBit(values);
  expect(values[0]).toBe(Math.fround(1.0001));
  for (const halfFirst of [true, false])
    expect(encodeFourBit(new Float32Array(0), { halfFirst }).packed).toHaveLength(0);
});

it("encodeFourBit names the block that is not finite", () => {
  const values = new Float32Array(200).fill(1);
  values[130] = 70_000;
  expect(() => encodeFourBit(values)).toThrow(
    "encodeFourBit: expected finite weights, got Infinity in block 2 " +
      "(magnitudes of 65520 and above overflow float16; halfFirst: false keeps them)",
  );
  expect(encodeFourBit(values, { halfFirst: false }).absmax[2]).toBe(70_000);
  values[130] = NaN;
  expect(() => encodeFourBit(values, { halfFirst: false })).toThrow("got NaN in block 2");
});

it("encodeFourBit refuses other block sizes and formats", () => {
  for (const blockSize of [0, 16, 48, 63, -64, 64.5, NaN, 2 ** 31])
    expect(() => encodeFourBit(new Float32Array(1), { blockSize })).toThrow(
      `encodeFourBit: expected blockSize that is a power of two of at least 32, got ${blockSize}`,
    );
  expect(() => encodeFourBit(new Float32Array(1), { quantType: "int4" as "nf4" })).toThrow(
    'encodeFourBit: expected quantType "nf4" or "fp4", got "int4"',
  );
});
