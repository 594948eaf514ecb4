import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { RowBlock, RowOptions, TensorDtype, TensorInfo } from "./checkpoint.ts";
import { isFloatDtype, itemSize, toFloat32, type FloatDtype } from "./dtype.ts";
import { gather, isContiguous, type Layout } from "./gather.ts";

/** A tensor and where its elements lie in a file. */
export interface StoredTensor {
  readonly info: TensorInfo;
  readonly source: ByteSource;
  /** Offset of the element with all indices 0, in bytes from the start of the file. */
  readonly byteOffset: number;
  /** Distance between neighbours along each axis, in elements; 0 repeats one. */
  readonly strides: readonly number[];
}

/** float32 values of one chunk: 4 MiB keep the working set in the cache while a read is still long. */
const CHUNK_VALUES = 1 << 20;

/**
 * Bytes gathered at once for rows that do not lie in one piece. A block of a transposed matrix takes a few values from
 * each column; taking many rows at once keeps the number of reads, or of passes over the file, small.
 */
const GATHER_BYTES = 64 << 20;

/** Strides of a tensor whose elements lie in C order. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return strides;
}

/** Number of elements; 1 for a 0-d tensor. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** All elements in C order, as stored. */
export function readTensorBytes(
  tensor: StoredTensor,
  options?: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return gather(tensor.source, layoutOf(tensor), options);
}

/** All elements in C order as float32. */
export async function readTensorFloat32(
  tensor: StoredTensor,
  options?: ReadOptions,
): Promise<Float32Array<ArrayBuffer>> {
  const dtype = floatDtypeOf(tensor);
  const layout = layoutOf(tensor);
  if (dtype === "f32") return new Float32Array((await readTensorBytes(tensor, options)).buffer);
  const out = new Float32Array(elementCount(tensor.info.shape));
  if (!isContiguous(layout)) {
    toFloat32(await readTensorBytes(tensor, options), dtype, out);
    return out;
  }
  const size = itemSize(dtype);
  const read = (start: number) => {
    const count = Math.min(CHUNK_VALUES, out.length - start);
    return tensor.source.read(tensor.byteOffset + start * size, count * size, options);
  };
  let next = out.length > 0 ? read(0) : undefined;
  for (let start = 0; next !== undefined; start += CHUNK_VALUES) {
    const bytes = await next;
    const following = start + CHUNK_VALUES;
    next = following < out.length ? read(following) : undefined; // while this chunk is converted
    toFloat32(bytes, dtype, out.subarray(start, following));
  }
  return out;
}

/** Blocks of rows in order, as float32. */
export async function* readTensorRows(
  tensor: StoredTensor,
  options: RowOptions = {},
): AsyncGenerator<RowBlock, void, undefined> {
  const dtype = floatDtypeOf(tensor);
  const { rowLength, rowsPerChunk, rowBytes } = cut(tensor, options);
  for await (const { first, count, bytes } of storedRows(tensor, options)) {
    for (let start = 0; start < count; start += rowsPerChunk) {
      const end = Math.min(start + rowsPerChunk, count);
      const data = new Float32Array((end - start) * rowLength);
      toFloat32(bytes.subarray(start * rowBytes, end * rowBytes), dtype, data);
      yield { rowStart: first + start, data };
    }
  }
}

/** Blocks of rows in order, as stored; each has a buffer of its own. */
export async function* readTensorRowBytes(
  tensor: StoredTensor,
  options: RowOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const { rowsPerChunk, rowBytes } = cut(tensor, options);
  for await (const { count, bytes } of storedRows(tensor, options)) {
    if (count <= rowsPerChunk) yield bytes;
    else
      for (let start = 0; start < count; start += rowsPerChunk)
        yield bytes.slice(start * rowBytes, (start + rowsPerChunk) * rowBytes);
  }
}

/** How a tensor is cut into blocks of rows. */
interface Cut {
  readonly rows: number;
  /** Values of a row. */
  readonly rowLength: number;
  readonly rowBytes: number;
  readonly rowsPerChunk: number;
}

function cut({ info }: StoredTensor, options: RowOptions): Cut {
  const [rows = 1, ...rowShape] = info.shape;
  const rowLength = elementCount(rowShape);
  const rowsPerChunk =
    options.rowsPerChunk ?? Math.max(1, Math.floor(CHUNK_VALUES / Math.max(1, rowLength)));
  if (!Number.isSafeInteger(rowsPerChunk) || rowsPerChunk < 1)
    throw new TypeError(`readRows: expected rowsPerChunk of at least 1, got ${rowsPerChunk}`);
  return { rows, rowLength, rowBytes: rowLength * itemSize(info.dtype), rowsPerChunk };
}

/** Runs of rows as stored: one chunk each, or many where a chunk would be scattered over the file. */
async function* storedRows(
  tensor: StoredTensor,
  options: RowOptions,
): AsyncGenerator<
  { first: number; count: number; bytes: Uint8Array<ArrayBuffer> },
  void,
  undefined
> {
  const layout = layoutOf(tensor);
  const { rows, rowsPerChunk, rowBytes } = cut(tensor, options);
  const oneChunk = rowsOf(layout, 0, Math.min(rowsPerChunk, rows));
  const chunks = isContiguous(oneChunk)
    ? 1
    : Math.max(1, Math.floor(GATHER_BYTES / Math.max(1, rowsPerChunk * rowBytes)));
  const step = chunks * rowsPerChunk;
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const bytes = await gather(tensor.source, rowsOf(layout, first, count), options);
    yield { first, count, bytes };
  }
}

function layoutOf({ info, byteOffset, strides }: StoredTensor): Layout {
  return { shape: info.shape, strides, byteOffset, itemSize: itemSize(info.dtype) };
}

function rowsOf(layout: Layout, rowStart: number, count: number): Layout {
  const [stride = 0] = layout.strides;
  return {
    ...layout,
    shape: layout.shape.length === 0 ? [] : [count, ...layout.shape.slice(1)],
    byteOffset: layout.byteOffset + rowStart * stride * layout.itemSize,
  };
}

function floatDtypeOf({ info }: StoredTensor): FloatDtype {
  const dtype: TensorDtype = info.dtype;
  if (isFloatDtype(dtype)) return dtype;
  throw new CheckpointError(
    info.file,
    `expected bf16, f16 or f32 for conversion to float32, got ${dtype}`,
    { tensor: info.name },
  );
}
