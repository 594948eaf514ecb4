import fc from "fast-check";
import { expect, it } from "vitest";
import { StripeTurner } from "./stripe-turner.ts";
import { transposeBytes } from "./transpose-bytes.ts";

it("a StripeTurner writes each stripe as a band of columns", () => {
  // 3 rows of 2, turned two rows at a time: [2, 3] is 1 3 5 / 2 4 6.
  const turner = new StripeTurner("CB", 3, 2, 2);
  const pieces = [...turner.push(Uint8Array.of(1, 2, 3, 4, 5, 6))];
  expect(pieces.map(({ offset, bytes }) => [offset, ...bytes])).toEqual([
    [0, 1, 3],
    [3, 2, 4],
    [2, 5],
    [5, 6],
  ]);
});

it("a StripeTurner gives the transposed matrix whatever the sizes of stripes and chunks", () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, size, size, (rows, cols, stripeRows, chunk) => {
      const matrix = Uint8Array.from({ length: rows * cols }, (_, i) => i * 31);
      const turner = new StripeTurner("CB", rows, cols, stripeRows);
      const region = new Uint8Array(matrix.length);
      let written = 0;
      for (let start = 0; start < matrix.length; start += chunk) {
        for (const { offset = 0, bytes } of turner.push(matrix.subarray(start, start + chunk))) {
          region.set(bytes, offset);
          written += bytes.length;
        }
      }
      expect(written).toBe(matrix.length);
      expect(region).toEqual(transposeBytes(matrix, rows, cols));
    }),
    { numRuns: 60 },
  );
});

it("a StripeTurner hands on what comes after the last row", () => {
  const turner = new StripeTurner("CB", 1, 2, 8);
  expect([...turner.push(Uint8Array.of(1, 2, 9))].at(-1)).toEqual({
    region: "CB",
    bytes: Uint8Array.of(9),
  });
});
