/**
 * safetensors: a length (u64), that many bytes of JSON, then the elements of all tensors without gaps.
 *
 * @see https://github.com/huggingface/safetensors/blob/v0.6.2/README.md#format
 */
import { z } from "zod";
import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { CheckpointError } from "./checkpoint-error.ts";
import type { TensorDtype, TensorInfo } from "./checkpoint.ts";
import { itemSize } from "./dtype.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { MAX_TENSORS, type WeightsFile } from "./state-dict.ts";
import { elementCount, rowMajorStrides, type StoredTensor } from "./stored-tensor.ts";

/** The limit of the format's own implementation. */
export const MAX_HEADER_BYTES = 100_000_000;

const dtypes = new Map<string, TensorDtype>([
  ["BF16", "bf16"],
  ["F16", "f16"],
  ["F32", "f32"],
  ["F64", "f64"],
  ["I64", "i64"],
  ["I32", "i32"],
  ["I16", "i16"],
  ["I8", "i8"],
  ["U8", "u8"],
  ["BOOL", "bool"],
]);

const size = z.int().min(0);
const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(size).max(32),
  data_offsets: z.tuple([size, size]),
});

/**
 * Reads the tensors of one file.
 *
 * @throws {CheckpointError} if the header is damaged, or the tensors do not fill the file exactly.
 */
export async function readSafetensors(
  source: ByteSource,
  options?: ReadOptions,
): Promise<WeightsFile> {
  const { header, dataStart } = await readHeader(source, options);
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  if (entries.length > MAX_TENSORS)
    throw new CheckpointError(source.name, `expected at most ${MAX_TENSORS} tensors in a file`);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of entries)
    tensors.set(name, storedTensor(source, name, value, dataStart));
  refuseGaps(source, tensors, dataStart);
  return { tensors, objects: new Map(), nested: new Map() };
}

async function readHeader(
  source: ByteSource,
  options?: ReadOptions,
): Promise<{ header: Record<string, unknown>; dataStart: number }> {
  const lengthBytes = await source.read(0, 8, options);
  const length = Number(new DataView(lengthBytes.buffer).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > source.size)
    throw new CheckpointError(
      source.name,
      `expected a header of at most ${Math.min(MAX_HEADER_BYTES, source.size - 8)} bytes, got ${length} (not a safetensors file, or truncated)`,
    );
  const bytes = await source.read(8, length, options);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const header = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    const twice = duplicateKey(text);
    if (twice === undefined) return { header, dataStart: 8 + length };
    throw new CheckpointError(source.name, `"${twice}" stands twice in the header`);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError(source.name, "expected a header of JSON, got something else", {
      cause,
    });
  }
}

function storedTensor(
  source: ByteSource,
  name: string,
  value: unknown,
  dataStart: number,
): StoredTensor {
  const fail = (problem: string, cause?: unknown): never => {
    throw new CheckpointError(source.name, problem, { tensor: name, cause });
  };
  const parsed = tensorSchema.safeParse(value);
  if (!parsed.success) return fail(describe(parsed.error), parsed.error);
  const { shape, data_offsets: offsets } = parsed.data;
  const dtype = dtypes.get(parsed.data.dtype);
  if (dtype === undefined)
    return fail(
      `expected dtype ${[...dtypes.keys()].join(", ")}, got "${parsed.data.dtype}" (not used by any Baichuan2 layout)`,
    );
  const [begin, end] = offsets;
  const sizeBytes = elementCount(shape) * itemSize(dtype);
  if (end - begin !== sizeBytes)
    fail(
      `expected ${sizeBytes} bytes for ${parsed.data.dtype} [${shape.join(", ")}], got offsets ${begin} to ${end}`,
    );
  const info: TensorInfo = { name, dtype, shape, sizeBytes, file: source.name };
  return { info, source, byteOffset: dataStart + begin, strides: rowMajorStrides(shape) };
}

function refuseGaps(
  source: ByteSource,
  tensors: ReadonlyMap<string, StoredTensor>,
  dataStart: number,
): void {
  const inOrder = [...tensors.values()].toSorted(
    (a, b) => a.byteOffset - b.byteOffset || a.info.sizeBytes - b.info.sizeBytes,
  );
  let end = dataStart;
  for (const { info, byteOffset } of inOrder) {
    if (byteOffset !== end)
      throw new CheckpointError(
        source.name,
        `expected data at byte ${end}, got ${byteOffset} (it ${byteOffset < end ? "overlaps the tensor before it" : "leaves a gap"})`,
        { tensor: info.name },
      );
    end += info.sizeBytes;
    if (end > source.size)
      throw new CheckpointError(
        source.name,
        `expected data up to byte ${end}, got the end of the file at ${source.size} (the file is truncated; download it again)`,
        { tensor: info.name },
      );
  }
  if (end !== source.size)
    throw new CheckpointError(
      source.name,
      `expected the file to end with the last tensor at byte ${end}, got ${source.size} bytes`,
    );
}

function describe(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}
