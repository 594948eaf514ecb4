import { expect, it } from "vitest";
import { randomWeights } from "../__fixtures__/random-weights.ts";
import { roundToBfloat16 } from "../bfloat16.ts";
import { roundToFloat16 } from "../float16.ts";
import { FP4_CODEBOOK, NF4_CODEBOOK } from "./codebooks.ts";
import { decodeFourBit } from "./decode-four-bit.ts";
import { encodeFourBit } from "./encode-four-bit.ts";

const packed = Uint8Array.of(0xf0, 0x7b);
const absmax = Float32Array.of(3);

it("decodeFourBit decodes a worked example", () => {
  // 0x7b: code 7 is 0; code 11 is 0.33791524, times 3 is 1.0137457. float16 there has steps of 2^-10: 1038/1024.
  expect([...decodeFourBit({ packed, absmax }, { count: 4 })]).toEqual([3, -3, 0, 1038 / 1024]);
  // bfloat16 has steps of 2^-7 there: 130/128.
  expect(decodeFourBit({ packed, absmax }, { count: 4, roundTo: "bf16" })[3]).toBe(130 / 128);
  expect(decodeFourBit({ packed, absmax }, { count: 4, roundTo: "f32" })[3]).toBe(
    Math.fround(3 * NF4_CODEBOOK[11]),
  );
});

it("the twelfths of FP4 decode, and code 8 to −0", () => {
  const codes = Uint8Array.of(0x01, 0x23, 0x45, 0x67, 0x8b);
  const weights = decodeFourBit(
    { packed: codes, absmax: Float32Array.of(12) },
    { count: 10, quantType: "fp4", roundTo: "f32" },
  );
  const expected = [0, 0.0625, 8, 12, 4, 6, 2, 3, -0, -12];
  for (const [i, value] of expected.entries()) expect(weights[i]).toBeCloseTo(value, 6);
  expect(weights[8]).toBe(-0);
  expect([...FP4_CODEBOOK.subarray(8)]).toEqual([...FP4_CODEBOOK.subarray(0, 8)].map((x) => -x));
});

it("rounding 16 products a block equals rounding every weight", () => {
  const count = 64 * 50 + 31;
  const blocks = encodeFourBit(randomWeights(3, count));
  const exact = decodeFourBit(blocks, { count, roundTo: "f32" });
  expect(decodeFourBit(blocks, { count })).toEqual(roundToFloat16(exact));
  expect(decodeFourBit(blocks, { count, roundTo: "bf16" })).toEqual(roundToBfloat16(exact));
});

it("decodeFourBit writes into out, and no further than count", () => {
  const out = new Float32Array(3).fill(9);
  expect(decodeFourBit({ packed, absmax }, { count: 3 }, out)).toBe(out);
  expect([...out]).toEqual([3, -3, 0]);
});

it("a codebook from a checkpoint replaces the format's own", () => {
  const codebook = Float32Array.from({ length: 16 }, (_, code) => code);
  const weights = decodeFourBit({ packed, absmax }, { count: 4, codebook });
  expect([...weights]).toEqual([45, 0, 21, 33]);
});

it("decodeFourBit refuses lengths and options that do not fit", () => {
  const blocks = { packed, absmax };
  expect(() => decodeFourBit(blocks, { count: 5 })).toThrow(
    "decodeFourBit: expected packed of length 3, got length 2",
  );
  expect(() => decodeFourBit({ packed, absmax: new Float32Array(2) }, { count: 4 })).toThrow(
    "expected absmax of length 1, got length 2",
  );
  expect(() => decodeFourBit(blocks, { count: 4 }, new Float32Array(3))).toThrow(
    "expected out of length 4, got length 3",
  );
  expect(() => decodeFourBit(blocks, { count: 4, codebook: new Float32Array(8) })).toThrow(
    "expected codebook of length 16, got length 8",
  );
  expect(() => decodeFourBit(blocks, { count: 4, blockSize: 100 })).toThrow("got 100");
  expect(() => decodeFourBit(blocks, { count: 4, roundTo: "f8" as "f16" })).toThrow(
    'expected roundTo "f16", "bf16" or "f32", got "f8"',
  );
  expect(() => decodeFourBit(blocks, { count: -1 })).toThrow("count");
});
