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
  for (let start = 0; start < out.length; start += CHUNK_VALUES) {
    const values = out.subarray(start, start + CHUNK_VALUES);
    const size = itemSize(dtype);
    const bytes = await tensor.source.read(
      tensor.byteOffset + start * size,
      values.length * size,
      options,
    );
    toFloat32(bytes, dtype, values);
  }
  return out;
}

/** Blocks of rows in order, as float32. */
export async function* readTensorRows(
  tensor: StoredTensor,
  options: RowOptions = {},
): AsyncGenerator<RowBlock, void, undefined> {
  const dtype = floatDtypeOf(tensor);
  const [rows = 1, ...rowShape] = tensor.info.shape;
  const rowLength = elementCount(rowShape);
  const rowsPerChunk =
    options.rowsPerChunk ?? Math.max(1, Math.floor(CHUNK_VALUES / Math.max(1, rowLength)));
  if (!Number.isSafeInteger(rowsPerChunk) || rowsPerChunk < 1)
    throw new TypeError(`readRows: expected rowsPerChunk of at least 1, got ${rowsPerChunk}`);
  const layout = layoutOf(tensor);
  for (let rowStart = 0; rowStart < rows; rowStart += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, rows - rowStart);
    const bytes = await gather(tensor.source, rowsOf(layout, rowStart, count), options);
    if (dtype === "f32") {
      yield { rowStart, data: new Float32Array(bytes.buffer) };
      continue;
    }
    const data = new Float32Array(count * rowLength);
    toFloat32(bytes, dtype, data);
    yield { rowStart, data };
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
