/**
 * Where the tensors of a safetensors file lie, known before any of them exists.
 *
 *   | length u64 | JSON header, spaces up to a multiple of 8 | tensors without gaps |
 *
 * The format allows no gaps, and torch refuses views whose offset is no multiple of the item size. Tensors are therefore
 * ordered from wide to narrow items, then by name, which is the order of the format's own library: the same tensors give
 * the same bytes.
 *
 * @see https://github.com/huggingface/safetensors/blob/v0.6.2/safetensors/src/tensor.rs (`prepare`)
 */
import { CheckpointError } from "./checkpoint-error.ts";
import type { TensorDtype } from "./checkpoint.ts";
import { itemSize } from "./dtype.ts";
import { MAX_HEADER_BYTES } from "./safetensors.ts";
import { elementCount } from "./stored-tensor.ts";

/** A tensor that a file will hold. */
export interface TensorDeclaration {
  readonly name: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
}

/** A file's header and the places of its tensors. */
export interface SafetensorsLayout {
  /** Length, JSON and padding. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** First byte and number of bytes of each tensor, by name, in the order of the file. */
  readonly ranges: ReadonlyMap<string, { readonly offset: number; readonly sizeBytes: number }>;
  /** Size of the whole file. */
  readonly sizeBytes: number;
}

/** From wide to narrow items; types of one width in the order of the format's library. */
const dtypes = new Map<TensorDtype, string>([
  ["i64", "I64"],
  ["f64", "F64"],
  ["f32", "F32"],
  ["i32", "I32"],
  ["bf16", "BF16"],
  ["f16", "F16"],
  ["i16", "I16"],
  ["i8", "I8"],
  ["u8", "U8"],
  ["bool", "BOOL"],
]);
const dtypeOrder = [...dtypes.keys()];

/** The header is padded so that the data starts at a multiple of the widest item. */
const ALIGNMENT = 8;

/**
 * Lays out a file.
 *
 * @param path - Of the file, for errors.
 * @param metadata - Text by key; transformers refuses files without `format`.
 * @throws {CheckpointError} if a name stands twice or the header becomes longer than readers accept.
 */
export function layOutSafetensors(
  path: string,
  tensors: readonly TensorDeclaration[],
  metadata: Readonly<Record<string, string>>,
): SafetensorsLayout {
  const entries: [string, unknown][] = [["__metadata__", metadata]];
  const places = new Map<string, { offset: number; sizeBytes: number }>();
  let end = 0;
  for (const { name, dtype, shape } of tensors.toSorted(byWidthAndName)) {
    if (places.has(name) || name === "__metadata__")
      throw new CheckpointError(path, "expected a name of its own", { tensor: name });
    const sizeBytes = elementCount(shape) * itemSize(dtype);
    places.set(name, { offset: end, sizeBytes });
    entries.push([name, { dtype: dtypes.get(dtype), shape, data_offsets: [end, end + sizeBytes] }]);
    end += sizeBytes;
  }
  const header = headerBytes(path, entries);
  const ranges = new Map(
    [...places].map(([name, place]) => [
      name,
      { ...place, offset: header.byteLength + place.offset },
    ]),
  );
  return { header, ranges, sizeBytes: header.byteLength + end };
}

function byWidthAndName(a: TensorDeclaration, b: TensorDeclaration): number {
  const order = dtypeOrder.indexOf(a.dtype) - dtypeOrder.indexOf(b.dtype);
  return order || (a.name < b.name ? -1 : 1);
}

function headerBytes(path: string, entries: [string, unknown][]): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const length = Math.ceil(json.byteLength / ALIGNMENT) * ALIGNMENT;
  if (length > MAX_HEADER_BYTES)
    throw new CheckpointError(
      path,
      `expected a header of at most ${MAX_HEADER_BYTES} bytes, got ${length} (cut the checkpoint into shards)`,
    );
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
