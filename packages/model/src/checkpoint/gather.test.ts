import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobSource, type ByteSource } from "./byte-source.ts";
import { gather, isContiguous, type Layout } from "./gather.ts";

/** A source that remembers its reads. */
function countingSource(
  bytes: Uint8Array<ArrayBuffer>,
): ByteSource & { reads: [number, number][] } {
  const inner = blobSource("memory", new Blob([bytes]));
  const reads: [number, number][] = [];
  return {
    ...inner,
    reads,
    read: (offset, length, options) => {
      reads.push([offset, length]);
      return inner.read(offset, length, options);
    },
  };
}

/** The definition: element [i, j, …] lies at offset + i * stride0 + j * stride1 + … */
function gatherSlowly(
  bytes: Uint8Array,
  { shape, strides, byteOffset, itemSize }: Layout,
): Uint8Array {
  const out: number[] = [];
  const visit = (axis: number, element: number): void => {
    if (axis === shape.length) {
      const at = byteOffset + element * itemSize;
      out.push(...bytes.subarray(at, at + itemSize));
      return;
    }
    for (let i = 0; i < shape[axis]!; i++) visit(axis + 1, element + i * strides[axis]!);
  };
  visit(0, 0);
  return Uint8Array.from(out);
}

describe("gather", () => {
  it("reads a transposed matrix with one read", async () => {
    // file: 0 1 2 / 3 4 5 as [2, 3]; the view [3, 2] with strides [1, 3] is 0 3 / 1 4 / 2 5
    const source = countingSource(Uint8Array.of(0, 1, 2, 3, 4, 5));
    const view: Layout = { shape: [3, 2], strides: [1, 3], byteOffset: 0, itemSize: 1 };
    expect([...(await gather(source, view))]).toEqual([0, 3, 1, 4, 2, 5]);
    expect(source.reads).toEqual([[0, 6]]);
  });

  it("reads a tensor in C order as one piece, whatever the strides of axes of one", async () => {
    const view: Layout = { shape: [2, 1, 3], strides: [3, 77, 1], byteOffset: 1, itemSize: 1 };
    expect(isContiguous(view)).toBe(true);
    const source = countingSource(Uint8Array.of(9, 0, 1, 2, 3, 4, 5));
    expect([...(await gather(source, view))]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("repeats what a stride of 0 repeats", async () => {
    const view: Layout = { shape: [2, 3], strides: [0, 1], byteOffset: 0, itemSize: 1 };
    const source = countingSource(Uint8Array.of(7, 8, 9));
    expect([...(await gather(source, view))]).toEqual([7, 8, 9, 7, 8, 9]);
    expect(source.reads).toEqual([[0, 3]]);
  });

  it("gives an empty tensor without reading", async () => {
    const source = countingSource(new Uint8Array(0));
    const view: Layout = { shape: [0, 5], strides: [5, 1], byteOffset: 0, itemSize: 4 };
    expect(await gather(source, view)).toHaveLength(0);
    expect(source.reads).toEqual([]);
  });

  it("does not read what lies between far apart rows", async () => {
    const bytes = new Uint8Array(3_000_000).map((_, i) => i % 251);
    const view: Layout = { shape: [3, 4], strides: [1_000_000, 1], byteOffset: 5, itemSize: 1 };
    const source = countingSource(bytes);
    expect(await gather(source, view)).toEqual(gatherSlowly(bytes, view));
    expect(source.reads.reduce((sum, [, length]) => sum + length, 0)).toBe(12);
  });

  it("reads a transposed matrix larger than the window once, front to back", async () => {
    const rows = 3000;
    const columns = 5000; // 30 MB of 16-bit numbers
    const numbers = Uint16Array.from({ length: rows * columns }, (_, i) => i % 65_521);
    const source = countingSource(new Uint8Array(numbers.buffer));
    const view: Layout = {
      shape: [columns, rows],
      strides: [1, columns],
      byteOffset: 0,
      itemSize: 2,
    };
    const out = new Uint16Array((await gather(source, view)).buffer);
    for (const [column, row] of [
      [0, 0],
      [1, 0],
      [4999, 2999],
      [17, 1234],
    ] as const)
      expect(out[column * rows + row]).toBe(numbers[row * columns + column]);
    const total = source.reads.reduce((sum, [, length]) => sum + length, 0);
    expect(total).toBe(numbers.byteLength);
    expect(source.reads.length).toBeLessThan(10);
  });

  it("agrees with the definition for any shape, strides, offset and item size", async () => {
    const axis = fc.record({
      size: fc.integer({ min: 0, max: 5 }),
      stride: fc.integer({ min: 0, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(axis, { maxLength: 4 }),
        fc.constantFrom(1, 2, 4, 8),
        fc.integer({ min: 0, max: 9 }),
        async (axes, itemSize, byteOffset) => {
          const shape = axes.map(({ size }) => size);
          const strides = axes.map(({ stride }) => stride);
          const span = axes.reduce(
            (sum, { size, stride }) => sum + Math.max(0, size - 1) * stride,
            1,
          );
          const bytes = new Uint8Array(byteOffset + span * itemSize).map((_, i) => (i * 37) % 253);
          const view: Layout = { shape, strides, byteOffset, itemSize };
          const source = blobSource("memory", new Blob([bytes]));
          expect(await gather(source, view)).toEqual(gatherSlowly(bytes, view));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("stops when it is aborted", async () => {
    const source = blobSource("memory", new Blob([new Uint8Array(9)]));
    const view: Layout = { shape: [3, 3], strides: [1, 3], byteOffset: 0, itemSize: 1 };
    await expect(gather(source, view, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });
});
