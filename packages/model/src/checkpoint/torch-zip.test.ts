import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  emptyOrderedDict,
  pickledTensor,
  writePickle,
  type Pickled,
} from "./__fixtures__/write-pickle.ts";
import { writeZip, type ZipInput, type ZipOptions } from "./__fixtures__/write-zip.ts";
import { blobSource } from "./byte-source.ts";
import { openFileSource } from "./node-file-source.ts";
import { readTensorBytes } from "./stored-tensor.ts";
import { readTorchZip } from "./torch-zip.ts";

const memory = (bytes: Uint8Array) => blobSource("weights.bin", new Blob([bytes.slice()]));
const text = (value: string) => new TextEncoder().encode(value);
const data16 = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

/** An archive of one state dict and its storages. */
function archive(
  value: Pickled,
  storages: Record<string, Uint8Array>,
  options: ZipOptions & { extra?: ZipInput[] } = {},
): Uint8Array {
  const entries = Object.entries(storages).map(([key, data]) => ({
    name: `top/data/${key}`,
    data,
  }));
  const pickle = { name: "top/data.pkl", data: writePickle(value) };
  return writeZip(
    [pickle, { name: "top/version", data: text("3\n") }, ...(options.extra ?? []), ...entries],
    options,
  );
}

const half = (elements: number, key = "0") => ({ storage: "Half", key, elements });
const oneTensor: Pickled = { dict: [["w", pickledTensor(half(4), [2, 2], [2, 1])]] };
const read = (bytes: Uint8Array) => readTorchZip(memory(bytes));

describe("readTorchZip", () => {
  it.each([{ zip64: false }, { zip64: true }, { comment: "a comment with PK\x05\x06 in it" }])(
    "reads tensors of an archive with %o",
    async (options) => {
      const { tensors } = await read(archive(oneTensor, { 0: data16(1, 2, 3, 4) }, options));
      const tensor = tensors.get("w")!;
      expect(tensor.info).toEqual({
        name: "w",
        dtype: "f16",
        shape: [2, 2],
        sizeBytes: 8,
        file: "weights.bin",
      });
      expect(await readTensorBytes(tensor)).toEqual(data16(1, 2, 3, 4));
    },
  );

  it("reads views of one storage: an offset, a transposition, a column, a scalar", async () => {
    const storage = half(6); // 1 2 3 / 4 5 6
    const value: Pickled = {
      dict: [
        ["second row", pickledTensor(storage, [3], [1], 3)],
        ["transposed", pickledTensor(storage, [3, 2], [1, 3])],
        ["last column", pickledTensor(storage, [2], [3], 2)],
        ["scalar", pickledTensor(storage, [], [], 4)],
        ["empty", pickledTensor(storage, [0, 7], [7, 1], 6)],
      ],
    };
    const { tensors } = await read(archive(value, { 0: data16(1, 2, 3, 4, 5, 6) }));
    const bytesOf = async (name: string) => readTensorBytes(tensors.get(name)!);
    expect(await bytesOf("second row")).toEqual(data16(4, 5, 6));
    expect(await bytesOf("transposed")).toEqual(data16(1, 4, 2, 5, 3, 6));
    expect(await bytesOf("last column")).toEqual(data16(3, 6));
    expect(await bytesOf("scalar")).toEqual(data16(5));
    expect(await bytesOf("empty")).toHaveLength(0);
  });

  it("keeps other values as plain data, tensors inside them readable by their path", async () => {
    const inner = pickledTensor(half(1), [], []);
    const value: Pickled = {
      dict: [
        ["format", "row"],
        [
          "state",
          [
            1,
            [inner, { global: "torch.float16" }],
            { call: { global: "torch.Size" }, args: [{ tuple: [8, 4] }] },
          ],
        ],
        ["params", { dict: [["k", { tuple: [null, true] }]] }],
      ],
    };
    const { tensors, objects, nested } = await read(archive(value, { 0: data16(77) }));
    expect(tensors.size).toBe(0);
    const info = {
      name: "state[1][0]",
      dtype: "f16",
      shape: [],
      sizeBytes: 2,
      file: "weights.bin",
    };
    expect(objects.get("format")).toBe("row");
    expect(objects.get("state")).toEqual([
      1,
      [
        { kind: "tensor", info },
        { kind: "dtype", name: "float16" },
      ],
      { kind: "size", dims: [8, 4] },
    ]);
    expect(objects.get("params")).toEqual({
      kind: "dict",
      entries: new Map([["k", [null, true]]]),
    });
    expect(await readTensorBytes(nested.get("state[1][0]")!)).toEqual(data16(77));
  });

  it("gives the attributes of a tensor's class under the tensor's key", async () => {
    const inner = pickledTensor({ storage: "Byte", key: "0", elements: 2 }, [2, 1], [1, 1]);
    const value: Pickled = {
      dict: [
        [
          "w.weight",
          {
            call: { global: "torch._tensor._rebuild_from_type_v2" },
            args: [
              { global: "torch._utils._rebuild_parameter" },
              { global: "bitsandbytes.nn.modules.Params4bit" },
              { tuple: [inner, false, emptyOrderedDict] },
              { dict: [["quant_type", "nf4"]] },
            ],
          },
        ],
      ],
    };
    const { tensors, objects } = await read(archive(value, { 0: Uint8Array.of(1, 2) }));
    expect(tensors.get("w.weight")?.info.shape).toEqual([2, 1]);
    expect(objects.get("w.weight")).toMatchObject({
      kind: "object",
      type: "bitsandbytes.nn.modules.Params4bit",
      attributes: new Map([["quant_type", "nf4"]]),
    });
  });

  it("reads an entry behind 5 GiB of other bytes through its zip64 records", async () => {
    const directory = await mkdtemp(join(tmpdir(), "baichuan2-zip64-"));
    const path = join(directory, "pytorch_model.bin");
    const baseOffset = 5 * 2 ** 30;
    try {
      const file = await open(path, "w"); // sparse: takes no space
      await file.write(
        archive(oneTensor, { 0: data16(5, 6, 7, 8) }, { zip64: true, baseOffset }),
        0,
        null,
        baseOffset,
      );
      await file.close();
      const source = await openFileSource(path);
      const tensor = (await readTorchZip(source)).tensors.get("w")!;
      expect(tensor.byteOffset).toBeGreaterThan(baseOffset);
      expect(await readTensorBytes(tensor)).toEqual(data16(5, 6, 7, 8));
      await source.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("refuses every truncation", async () => {
    const whole = archive(oneTensor, { 0: data16(1, 2, 3, 4) });
    for (let length = 0; length < whole.length; length += 7)
      await expect(read(whole.subarray(0, length))).rejects.toThrow(
        expect.objectContaining({ name: "CheckpointError", path: "weights.bin" }),
      );
  });

  it.each<[string, Uint8Array, string]>([
    [
      "a compressed entry",
      archive(oneTensor, {}, { extra: [{ name: "top/data/0", data: data16(1), method: 8 }] }),
      "compression method 8",
    ],
    [
      "an encrypted entry",
      archive(oneTensor, {}, { extra: [{ name: "top/data/0", data: data16(1), flags: 1 }] }),
      "encrypted",
    ],
    [
      "two entries of one name",
      archive(
        oneTensor,
        { 0: data16(1, 2, 3, 4) },
        { extra: [{ name: "top/data/0", data: data16(1) }] },
      ),
      '"top/data/0" stands twice',
    ],
    [
      "an entry that points elsewhere",
      archive(
        oneTensor,
        { 0: data16(1, 2, 3, 4) },
        { headerOffset: (name, at) => (name.endsWith("/0") ? at + 1 : at) },
      ),
      'expected entry "top/data/0" at byte',
    ],
    [
      "entries that overlap",
      archive(
        oneTensor,
        { 0: data16(1, 2, 3, 4) },
        { headerOffset: (name, at) => (name.endsWith("/0") ? 0 : at) },
      ),
      "overlaps",
    ],
    [
      "an archive without a pickle",
      writeZip([{ name: "top/other", data: text("x") }]),
      "one data.pkl in the archive, got 0",
    ],
    [
      "an archive with two pickles",
      archive(
        oneTensor,
        { 0: data16(1, 2, 3, 4) },
        { extra: [{ name: "b/data.pkl", data: text("x") }] },
      ),
      "one data.pkl in the archive, got 2",
    ],
    [
      "big-endian numbers",
      archive(
        oneTensor,
        { 0: data16(1, 2, 3, 4) },
        { extra: [{ name: "top/byteorder", data: text("big") }] },
      ),
      'byte order "little", got "big"',
    ],
    [
      "a pickle cut short",
      writeZip([{ name: "top/data.pkl", data: writePickle(oneTensor).subarray(0, 40) }]),
      "ends before the pickle",
    ],
    ["a list at the top", archive([1], {}), "expected a state dict, got a list"],
    ["a key that is a number", archive({ dict: [[1, 2]] }, {}), "keys of text, got 1"],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
    await expect(read(bytes)).rejects.toThrow(expect.objectContaining({ code: "ERR_CHECKPOINT" }));
  });

  it.each<[string, Pickled, string]>([
    [
      "a storage that is not there",
      pickledTensor(half(4, "9"), [4], [1]),
      'the archive has no storage "9"',
    ],
    [
      "a storage with bytes left over",
      pickledTensor(half(3), [3], [1]),
      'expected 6 bytes in storage "0", got 8',
    ],
    [
      "a storage of another size",
      pickledTensor(half(5), [4], [1]),
      'expected 10 bytes in storage "0", got 8',
    ],
    [
      "a shape beyond its storage",
      pickledTensor(half(4), [3, 2], [2, 1]),
      "a storage of at least 12 bytes, got 8",
    ],
    [
      "an offset beyond its storage",
      pickledTensor(half(4), [2], [1], 3),
      "a storage of at least 10 bytes, got 8",
    ],
    [
      "strides beyond its storage",
      pickledTensor(half(4), [2, 2], [3, 1]),
      "a storage of at least 10 bytes, got 8",
    ],
    [
      "a shape of more than 32 GiB",
      pickledTensor(half(4), [2 ** 30, 2 ** 10], [0, 0]),
      "at most 34359738368 bytes",
    ],
    [
      "a shape whose product overflows",
      pickledTensor(half(4), [2 ** 52, 2 ** 52, 2 ** 52], [0, 0, 0]),
      "at most 34359738368 bytes",
    ],
  ])("names file and tensor for %s", async (_, tensor, message) => {
    const bytes = archive({ dict: [["model.norm.weight", tensor]] }, { 0: data16(1, 2, 3, 4) });
    await expect(read(bytes)).rejects.toThrow(
      expect.objectContaining({
        path: "weights.bin",
        tensor: "model.norm.weight",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("refuses a value that contains itself, and takes a shared one once", async () => {
    // {"a": l} with l = [l]: EMPTY_LIST, BINPUT 0, BINGET 0, APPEND
    const cyclic: Pickled = { dict: [["a", { raw: [0x5d, 0x71, 0, 0x68, 0, 0x61] }]] };
    await expect(read(archive(cyclic, {}))).rejects.toThrow(
      'tensor "a[0]": a value contains itself',
    );
    // l0 = [], l1 = [l0, l0], … 60 levels: 2^60 paths, 61 values
    const levels = Array.from({ length: 60 }, (_, i) => [
      0x5d,
      0x71,
      i + 1,
      0x68,
      i,
      0x61,
      0x68,
      i,
      0x61,
    ]);
    const shared: Pickled = { dict: [["a", { raw: [0x5d, 0x71, 0, ...levels.flat()] }]] };
    const value = read(archive(keepTop(shared), {}));
    await expect(value).resolves.toMatchObject({ tensors: new Map() });
  });

  it("limits nesting", async () => {
    let deep: Pickled = [];
    for (let i = 0; i < 100; i++) deep = [deep];
    await expect(read(archive({ dict: [["a", deep]] }, {}))).rejects.toThrow(
      "64 levels of nesting",
    );
  });
});

/** The levels leave all lists on the stack; a tuple takes them so that the dict gets one value. */
function keepTop(value: Pickled): Pickled {
  const [[key, inner]] = (value as { dict: [[Pickled, { raw: number[] }]] }).dict;
  return { dict: [[key, { raw: [0x28, ...inner.raw, 0x74] }]] };
}
