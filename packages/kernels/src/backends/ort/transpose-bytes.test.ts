import fc from "fast-check";
import { expect, it } from "vitest";
import { transposeBytes } from "./transpose-bytes.ts";

it("transposeBytes turns a worked example", () => {
  expect([...transposeBytes(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
});

it("transposeBytes twice gives the matrix back, whatever its size", () => {
  const size = fc.integer({ min: 1, max: 150 });
  fc.assert(
    fc.property(size, size, (rows, columns) => {
      const matrix = Uint8Array.from({ length: rows * columns }, (_, i) => (i * 7919) >> 3);
      const turned = transposeBytes(matrix, rows, columns);
      expect(turned[(columns - 1) * rows]).toBe(matrix[columns - 1]);
      expect(transposeBytes(turned, columns, rows)).toEqual(matrix);
    }),
    { numRuns: 40 },
  );
});
