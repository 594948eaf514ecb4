/**
 * Reads a strided view of a file into C order.
 *
 * Axes are sorted by stride, neighbouring ones that lie in one piece are merged, and the outermost is cut into
 * groups whose span (first to last byte) fits a window: one read each, then a copy in memory. A sorted order means
 * that the file is read once, front to back, whatever the view looks like: a transposed matrix costs as much as a plain one.
 * Where a span would be mostly bytes that nobody wants, the next axis is cut instead.
 *
 *   C order [R, C], strides [C, 1]   -> 1 axis, 1 read of everything
 *   transposed,     strides [1, R]   -> windows of whole columns, scattered to the rows
 *   every 9th row,  strides [9C, 1]  -> a read per row
 */
import type { ByteSource, ReadOptions } from "./byte-source.ts";

/** Where the elements of a view lie. */
export interface Layout {
  readonly shape: readonly number[];
  /** In elements; not negative. */
  readonly strides: readonly number[];
  /** Of the element with all indices 0. */
  readonly byteOffset: number;
  /** 1, 2, 4 or 8. */
  readonly itemSize: number;
}

interface Axis {
  readonly size: number;
  /** Stride in the file, in elements. */
  readonly from: number;
  /** Stride in the result, in elements. */
  readonly to: number;
}

/** Bytes of one read of a view that is not in C order. */
const WINDOW_BYTES = 8 << 20;
/** A span is read whole if at least one byte in this many is wanted. */
const MAX_WASTE = 8;
/** A span this short is read whole in any case: a system call costs as much. */
const CHEAP_BYTES = 64 << 10;

/** Whether the elements lie in C order without gaps. */
export function isContiguous(layout: Layout): boolean {
  const [axis, ...others] = mergedAxes(layout);
  return others.length === 0 && (axis === undefined || (axis.from === 1 && axis.to === 1));
}

/** All elements of a view in C order, as stored. */
export async function gather(
  source: ByteSource,
  layout: Layout,
  options?: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { itemSize, byteOffset } = layout;
  const count = layout.shape.reduce((product, size) => product * size, 1);
  if (count === 0) return new Uint8Array(0);
  if (isContiguous(layout)) return source.read(byteOffset, count * itemSize, options);

  const axes = mergedAxes(layout);
  const bytes = new Uint8Array(count * itemSize);
  const out = elementView(bytes, itemSize);
  const spans = suffixSpans(axes);

  const visit = async (depth: number, from: number, to: number): Promise<void> => {
    const axis = axes[depth] ?? { size: 1, from: 0, to: 0 };
    const group = groupSize(axes, spans, depth, itemSize);
    for (let start = 0; start < axis.size; start += group) {
      const size = Math.min(group, axis.size - start);
      const origin = from + start * axis.from;
      const target = to + start * axis.to;
      if (group === 1 && depth < axes.length - 1) {
        await visit(depth + 1, origin, target);
        continue;
      }
      const span = (size - 1) * axis.from + (spans[depth + 1] ?? 1);
      const piece = await source.read(byteOffset + origin * itemSize, span * itemSize, options);
      const block = [{ ...axis, size }, ...axes.slice(depth + 1)];
      copyBlock(elementView(piece, itemSize), out, block, 0, target);
    }
  };
  await visit(0, 0, 0);
  return bytes;
}

/** Axes longer than 1, widest stride first, merged where two lie like one. */
function mergedAxes({ shape, strides }: Layout): Axis[] {
  let to = 1;
  const axes: Axis[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] ?? 1;
    if (size !== 1) axes.unshift({ size, from: strides[i] ?? 0, to });
    to *= size;
  }
  axes.sort((a, b) => b.from - a.from || b.to - a.to);
  const merged: Axis[] = [];
  for (const axis of axes) {
    const outer = merged.at(-1);
    if (outer && outer.from === axis.size * axis.from && outer.to === axis.size * axis.to)
      merged[merged.length - 1] = { ...axis, size: outer.size * axis.size };
    else merged.push(axis);
  }
  return merged;
}

/** Elements from the first to the last of the axes from each depth on; 1 behind the last. */
function suffixSpans(axes: readonly Axis[]): number[] {
  const spans = [1];
  for (const { size, from } of axes.toReversed())
    spans.unshift((spans[0] ?? 1) + (size - 1) * from);
  return spans;
}

/** How many indices of an axis one read covers. */
function groupSize(
  axes: readonly Axis[],
  spans: readonly number[],
  depth: number,
  itemSize: number,
): number {
  const axis = axes[depth];
  const inner = spans[depth + 1] ?? 1;
  if (axis === undefined) return 1;
  const wanted = axes.slice(depth + 1).reduce((product, { size }) => product * size, 1);
  const isDense = axis.from <= wanted * MAX_WASTE && inner <= wanted * MAX_WASTE;
  const window = isDense ? WINDOW_BYTES : CHEAP_BYTES;
  const room = Math.floor(window / itemSize) - inner;
  if (room < 0) return 1;
  return axis.from === 0 ? axis.size : Math.min(axis.size, 1 + Math.floor(room / axis.from));
}

type Elements = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Integers as wide as the elements: copying floats could change the bits of a NaN. */
function elementView(bytes: Uint8Array<ArrayBuffer>, itemSize: number): Elements {
  if (itemSize === 1) return bytes;
  if (itemSize === 2) return new Uint16Array(bytes.buffer);
  return itemSize === 4 ? new Uint32Array(bytes.buffer) : new BigUint64Array(bytes.buffer);
}

function copyBlock(
  piece: Elements,
  out: Elements,
  axes: readonly Axis[],
  from: number,
  to: number,
): void {
  const [axis = ONE, inner = ONE, ...others] = axes;
  if (others.length === 0) return copyPlane(piece, out, axis, inner, from, to);
  for (let i = 0; i < axis.size; i++)
    copyBlock(piece, out, axes.slice(1), from + i * axis.from, to + i * axis.to);
}

const ONE: Axis = { size: 1, from: 0, to: 0 };
/** Elements a side: two tiles of 64 x 64 fit the first cache, where a whole transposed column would miss it each time. */
const TILE = 64;

function copyPlane(
  piece: Elements,
  out: Elements,
  outer: Axis,
  inner: Axis,
  from: number,
  to: number,
): void {
  if (inner.from === 1 && inner.to === 1) {
    for (let i = 0; i < outer.size; i++) {
      const start = from + i * outer.from;
      out.set(piece.subarray(start, start + inner.size) as never, to + i * outer.to);
    }
    return;
  }
  for (let i = 0; i < outer.size; i += TILE)
    for (let j = 0; j < inner.size; j += TILE) {
      const rows = { ...outer, size: Math.min(TILE, outer.size - i) };
      const columns = { ...inner, size: Math.min(TILE, inner.size - j) };
      const fromTile = from + i * outer.from + j * inner.from;
      copyTile(piece, out, rows, columns, fromTile, to + i * outer.to + j * inner.to);
    }
}

function copyTile(
  piece: Elements,
  out: Elements,
  outer: Axis,
  inner: Axis,
  from: number,
  to: number,
): void {
  for (let j = 0; j < inner.size; j++) {
    let source = from + j * inner.from;
    let target = to + j * inner.to;
    for (let i = 0; i < outer.size; i++) {
      out[target] = piece[source] as never;
      source += outer.from;
      target += outer.to;
    }
  }
}
