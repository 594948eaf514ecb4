import fc from "fast-check";
import { expect, it } from "vitest";
import { transposeBytes } from "./transpose-bytes.ts";

it("transposeBytes turns a worked example", () => {
  expect([...transposeBytes(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
});

it("transposeBytes turns quads of bytes", () => {
  const matrix = Uint8Array.from({ length: 32 }, (_, i) => i * 8 + 7);
  const turned = transposeBytes(matrix, 4, 8);
  for (let row = 0; row < 4; row++)
    for (let column = 0; column < 8; column++)
      expect(turned[column * 4 + row]).toBe(matrix[row * 8 + column]);
});

it("transposeBytes twice gives the matrix back, whatever its size", () => {
  const size = fc.integer({ min: 1, max: 150 });
  fc.assert(
    fc.property(size, size, (rows, columns) => {
      const matrix = Uint8Array.from({ length: rows * columns }, (_, i) => (i * 7919) >> 3);
      const turned = transposeBytes(matrix, rows, columns);
      for (let i = 0; i < matrix.length; i++)
        if (turned[(i % columns) * rows + Math.floor(i / columns)] !== matrix[i])
          expect.fail(`byte ${i} of [${rows}, ${columns}]`);
      expect(transposeBytes(turned, columns, rows)).toEqual(matrix);
    }),
    { numRuns: 40 },
  );
});
