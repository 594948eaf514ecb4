import { describe, expect, it } from "vitest";
import { pickledTensor, writePickle, type Pickled } from "./__fixtures__/write-pickle.ts";
import { blobSource } from "./byte-source.ts";
import { readTensorBytes } from "./stored-tensor.ts";
import { readTorchLegacy } from "./torch-legacy.ts";

const memory = (bytes: Uint8Array) => blobSource("weights.bin", new Blob([bytes.slice()]));
const data16 = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

interface Parts {
  magic?: Pickled;
  protocol?: Pickled;
  littleEndian?: boolean;
  object?: Pickled;
  keys?: Pickled;
  storages?: [elements: number, data: Uint8Array][];
}

const half = (elements: number, key: string) => ({
  storage: "Half",
  key,
  elements,
  legacyView: null,
});
const twoTensors: Pickled = {
  dict: [
    ["a", pickledTensor(half(2, "94"), [2], [1])],
    ["b", pickledTensor(half(3, "12"), [3], [1])],
  ],
};

function legacyFile({
  magic = 0x1950a86a20f9469cfc6cn,
  protocol = 1001,
  littleEndian = true,
  object = twoTensors,
  keys = ["12", "94"],
  storages = [
    [3, data16(7, 8, 9)],
    [2, data16(1, 2)],
  ],
}: Parts = {}): Uint8Array {
  const system: Pickled = {
    dict: [
      ["protocol_version", 1001],
      ["little_endian", littleEndian],
    ],
  };
  const pickles = [magic, protocol, system, object, keys].map(writePickle);
  const data = storages.flatMap(([elements, bytes]) => [
    new Uint8Array(BigInt64Array.of(BigInt(elements)).buffer),
    bytes,
  ]);
  return Uint8Array.from([...pickles, ...data].flatMap((part) => [...part]));
}

const read = (parts: Parts) => readTorchLegacy(memory(legacyFile(parts)));

describe("readTorchLegacy", () => {
  it("finds storages in the order of the list of keys, not of the tensors", async () => {
    const { tensors } = await read({});
    expect(await readTensorBytes(tensors.get("a")!)).toEqual(data16(1, 2));
    expect(await readTensorBytes(tensors.get("b")!)).toEqual(data16(7, 8, 9));
  });

  it("reads the oldest kind of view: a piece of a storage", async () => {
    const view: Pickled = { tuple: ["v1", 1, 2] };
    const piece = { storage: "Half", key: "5", elements: 4, legacyView: view };
    const object: Pickled = { dict: [["piece", pickledTensor(piece, [2], [1])]] };
    const { tensors } = await read({ object, keys: ["5"], storages: [[4, data16(1, 2, 3, 4)]] });
    expect(await readTensorBytes(tensors.get("piece")!)).toEqual(data16(2, 3));
  });

  it("reads a head longer than the first piece it looks at", async () => {
    const filler: Pickled = Array.from({ length: 600 }, (_, i) => `${i}`.padEnd(1000, "x"));
    const object: Pickled = {
      dict: [
        ["filler", filler],
        ["a", pickledTensor(half(2, "94"), [2], [1])],
      ],
    };
    const { tensors, objects } = await read({
      object,
      keys: ["94"],
      storages: [[2, data16(1, 2)]],
    });
    expect(objects.get("filler")).toHaveLength(600);
    expect(await readTensorBytes(tensors.get("a")!)).toEqual(data16(1, 2));
  });

  it("refuses every truncation", async () => {
    const whole = legacyFile();
    for (let length = 0; length < whole.length; length += 3)
      await expect(readTorchLegacy(memory(whole.subarray(0, length)))).rejects.toThrow(
        expect.objectContaining({ name: "CheckpointError", path: "weights.bin" }),
      );
  });

  it.each<[string, Parts, string]>([
    ["another magic number", { magic: 1 }, "expected a file of torch.save, got another pickle"],
    ["another protocol", { protocol: 1002 }, "expected protocol 1001"],
    ["big-endian numbers", { littleEndian: false }, "expected little-endian"],
    ["keys that are no list", { keys: "12" }, "a list of storage keys"],
    [
      "a key of no tensor",
      { keys: ["12", "94", "95"] },
      'storage "95" is listed but no tensor uses it',
    ],
    [
      "a key twice",
      {
        keys: ["12", "12", "94"],
        storages: [
          [3, data16(7, 8, 9)],
          [3, data16(7, 8, 9)],
        ],
      },
      'storage "12" is listed twice',
    ],
    ["a missing storage", { keys: ["12"] }, 'the file has no storage "94"'],
    [
      "another number of elements",
      {
        storages: [
          [4, data16(7, 8, 9, 1)],
          [2, data16(1, 2)],
        ],
      },
      'expected 3 elements in storage "12"',
    ],
    [
      "a negative number of elements",
      {
        storages: [
          [-3, data16(7, 8, 9)],
          [2, data16(1, 2)],
        ],
      },
      "got -3",
    ],
  ])("refuses %s", async (_, parts, message) => {
    await expect(read(parts)).rejects.toThrow(message);
    await expect(read(parts)).rejects.toThrow(expect.objectContaining({ code: "ERR_CHECKPOINT" }));
  });
});
