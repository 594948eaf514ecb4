import { describe, expect, it } from "vitest";
import { blobSource } from "./byte-source.ts";
import { MAX_HEADER_BYTES, readSafetensors } from "./safetensors.ts";
import { readTensorBytes, readTensorFloat32, readTensorRows } from "./stored-tensor.ts";

function file(header: unknown, dataBytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  for (let i = 0; i < dataBytes; i++) bytes[8 + json.length + i] = i;
  return bytes;
}

const read = (bytes: Uint8Array<ArrayBuffer>) =>
  readSafetensors(blobSource("model.safetensors", new Blob([bytes])));
const entry = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("readSafetensors", () => {
  it("reads tensors in any order of the header, next to metadata", async () => {
    const { tensors } = await read(
      file(
        {
          b: entry("I8", [3], 4, 7),
          __metadata__: { format: "pt" },
          a: entry("BF16", [1, 2], 0, 4),
          none: entry("F32", [0, 5], 7, 7),
        },
        7,
      ),
    );
    expect([...tensors.keys()]).toEqual(["b", "a", "none"]);
    expect(tensors.get("a")?.info).toEqual({
      name: "a",
      dtype: "bf16",
      shape: [1, 2],
      sizeBytes: 4,
      file: "model.safetensors",
    });
    expect([...(await readTensorBytes(tensors.get("b")!))]).toEqual([4, 5, 6]);
    expect(await readTensorFloat32(tensors.get("none")!)).toHaveLength(0);
  });

  it("gives rows in blocks, the last one shorter", async () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const bytes = file({ w: entry("F32", [3, 2], 0, 24) }, 24);
    bytes.set(new Uint8Array(values.buffer), bytes.length - 24);
    const { tensors } = await read(bytes);
    const blocks = await Array.fromAsync(readTensorRows(tensors.get("w")!, { rowsPerChunk: 2 }));
    expect(blocks).toEqual([
      { rowStart: 0, data: Float32Array.of(1, 2, 3, 4) },
      { rowStart: 2, data: Float32Array.of(5, 6) },
    ]);
    await expect(
      Array.fromAsync(readTensorRows(tensors.get("w")!, { rowsPerChunk: 0 })),
    ).rejects.toThrow(TypeError);
  });

  it("refuses to convert integers, with file and tensor", async () => {
    const { tensors } = await read(file({ q: entry("U8", [2], 0, 2) }, 2));
    await expect(readTensorFloat32(tensors.get("q")!)).rejects.toThrow(
      'model.safetensors: tensor "q": expected bf16, f16 or f32 for conversion to float32, got u8',
    );
  });

  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["an empty file", new Uint8Array(0), "expected 8 bytes at offset 0"],
    [
      "a header longer than the file",
      file({}, 0).slice(0, 9),
      "a header of at most 1 bytes, got 2",
    ],
    [
      "a huge header",
      new Uint8Array(BigUint64Array.of(2n ** 62n).buffer),
      "got 4611686018427388000",
    ],
    ["a header that is no JSON", file("{'a'", 0), "expected a header of JSON"],
    ["a header that is a list", file("[1]", 0), "expected a header of JSON"],
    [
      "a key twice",
      file(
        '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"\\u0061":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}}',
        2,
      ),
      '"a" stands twice',
    ],
    [
      "a dtype of no layout",
      file({ w: entry("F8_E4M3", [2], 0, 2) }, 2),
      'tensor "w": expected dtype',
    ],
    [
      "offsets of another length",
      file({ w: entry("F32", [2], 0, 4) }, 4),
      'tensor "w": expected 8 bytes for F32 [2], got offsets 0 to 4',
    ],
    ["offsets backwards", file({ w: entry("U8", [2], 4, 2) }, 4), "got offsets 4 to 2"],
    ["a negative size", file({ w: entry("U8", [-1], 0, 1) }, 1), 'tensor "w": shape.0'],
    [
      "a size that is no number",
      file('{"w":{"dtype":"U8","shape":[1e999],"data_offsets":[0,1]}}', 1),
      'tensor "w": shape.0',
    ],
    [
      "a shape whose product overflows",
      file({ w: entry("U8", [2 ** 52, 2 ** 52, 2 ** 52], 0, 1) }, 1),
      'tensor "w"',
    ],
    ["a missing shape", file({ w: { dtype: "U8", data_offsets: [0, 1] } }, 1), 'tensor "w": shape'],
    [
      "tensors that overlap",
      file({ a: entry("U8", [3], 0, 3), b: entry("U8", [2], 2, 4) }, 4),
      'tensor "b": expected data at byte',
    ],
    ["a gap", file({ a: entry("U8", [1], 0, 1), b: entry("U8", [1], 2, 3) }, 3), "leaves a gap"],
    [
      "a truncated file",
      file({ a: entry("U8", [5], 0, 5) }, 4),
      'tensor "a": expected data up to byte',
    ],
    [
      "bytes behind the last tensor",
      file({ a: entry("U8", [1], 0, 1) }, 2),
      "to end with the last tensor",
    ],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
    await expect(read(bytes)).rejects.toThrow(
      expect.objectContaining({ code: "ERR_CHECKPOINT", path: "model.safetensors" }),
    );
  });

  it("does not read a header above the limit of the format", async () => {
    const source = {
      name: "model.safetensors",
      size: 2 ** 40,
      read: async (_: number, length: number) => {
        if (length > 8) throw new Error("was read");
        return new Uint8Array(BigUint64Array.of(BigInt(MAX_HEADER_BYTES + 1)).buffer);
      },
      close: async () => {},
    };
    await expect(readSafetensors(source)).rejects.toThrow("a header of at most 100000000 bytes");
  });
});
