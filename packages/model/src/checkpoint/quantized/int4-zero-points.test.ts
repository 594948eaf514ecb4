import fc from "fast-check";
import { expect, it } from "vitest";
import { fromPackedRows, fromSigned, toPackedRows } from "./int4-zero-points.ts";

const info = { name: "z", dtype: "i8", shape: [5, 3], sizeBytes: 15, file: "m/w" } as const;

it("packs 5 rows of 3 blocks as worked out by hand", () => {
  // rows 0 1 2, 3 4 5, … ; two blocks a byte, the first low, the third alone
  const columns = Uint8Array.of(0x10, 0x02, 0x43, 0x05, 0x76, 0x08, 0xa9, 0x0b, 0xdc, 0x0e);
  // block 0 has 0 3 6 9 12 from the lowest bits up, block 1 has 1 4 7 10 13, block 2 has 2 5 8 11 14
  const words = Uint32Array.of(0xc9630, 0xda741, 0xeb852);
  expect(toPackedRows(columns, 5, 3)).toEqual(words);
  expect(fromPackedRows(words, 5, 3)).toEqual(columns);
  const signed = Int8Array.from({ length: 15 }, (_, i) => i - 8);
  expect(fromSigned(info, signed, 3)).toEqual(columns);
});

it("keeps the highest zero point of the eighth row, where words are negative as int32", () => {
  const signed = new Int8Array(8).fill(7);
  const words = toPackedRows(fromSigned(info, signed, 1), 8, 1);
  expect([...words]).toEqual([0xffffffff]);
});

it("refuses a signed zero point that 4 bits do not hold", () => {
  expect(() => fromSigned(info, Int8Array.of(0, 8, 0), 3)).toThrow(
    'm/w: tensor "z": expected zero points of -8 to 7, got 8 at index 1',
  );
});

it("words and bytes hold the same zero points for every shape", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9 }), (rows, blocks) => {
      const signed = Int8Array.from({ length: rows * blocks }, (_, i) => ((i * 7) % 16) - 8);
      const columns = fromSigned(info, signed, blocks);
      expect(fromPackedRows(toPackedRows(columns, rows, blocks), rows, blocks)).toEqual(columns);
    }),
  );
});
