import { describe, expect, it } from "vitest";
import {
  emptyOrderedDict,
  pickledTensor,
  writePickle,
  type Pickled,
} from "../__fixtures__/write-pickle.ts";
import { PickleEnd } from "./pickle-reader.ts";
import { MAX_MARKS, MAX_STACK_VALUES, unpickle } from "./unpickle.ts";

const read = (value: Pickled) => unpickle("weights.bin", writePickle(value)).value;
const run = (...bytes: number[]) => unpickle("weights.bin", Uint8Array.from(bytes)).value;
const text = (value: string) => [...new TextEncoder().encode(value)];
const dict = (entries: [string, unknown][]) => ({ kind: "dict", entries: new Map(entries) });

describe("unpickle", () => {
  it("reads plain data", () => {
    const value: Pickled = [
      null,
      true,
      false,
      1,
      -70_000,
      2 ** 40,
      0.1,
      "名",
      { tuple: [1, { tuple: [] }] },
    ];
    const tuple = { kind: "tuple", items: [1, { kind: "tuple", items: [] }] };
    expect(read(value)).toEqual([null, true, false, 1, -70_000, 2 ** 40, 0.1, "名", tuple]);
    expect(
      read({
        dict: [
          ["a", 1],
          ["b", [2]],
        ],
      }),
    ).toEqual(
      dict([
        ["a", 1],
        ["b", [2]],
      ]),
    );
  });

  it("reads integers of any sign and keeps large ones exact", () => {
    expect(run(0x80, 2, 0x8a, 0, 0x2e)).toBe(0);
    expect(run(0x80, 2, 0x8a, 1, 0xff, 0x2e)).toBe(-1);
    expect(run(0x80, 2, 0x8a, 2, 0xff, 0x00, 0x2e)).toBe(255);
    expect(read(0x1950a86a20f9469cfc6cn)).toBe(0x1950a86a20f9469cfc6cn);
    expect(run(0x80, 2, 0x4d, 0x34, 0x12, 0x2e)).toBe(0x1234);
  });

  it("reads what Python 3 writes with protocol 4: frames, memoize, short strings, stack globals", () => {
    // python3.11 -c 'import pickle, collections as c; print(pickle.dumps({"a": c.OrderedDict()}, 4).hex())'
    const hex =
      "80049529000000000000007d948c0161948c0b636f6c6c656374696f6e73948c0b4f72646572656444696374949394295294732e";
    const bytes = Buffer.from(hex, "hex");
    expect(run(...bytes)).toEqual(dict([["a", dict([])]]));
    expect(run(0x80, 4, 0x8d, 2, 0, 0, 0, 0, 0, 0, 0, ...text("ok"), 0x2e)).toBe("ok");
    expect(run(0x80, 4, 0x42, 2, 0, 0, 0, 7, 8, 0x2e)).toEqual(Uint8Array.of(7, 8));
    expect(run(0x80, 4, 0x43, 1, 9, 0x2e)).toEqual(Uint8Array.of(9));
  });

  it("reads memo entries, single appends and single items", () => {
    // [] memo 0, append "x" memo 300; then a dict {"k": that list} by SETITEM
    const list = [0x5d, 0x71, 0, 0x8c, 1, ...text("x"), 0x72, 0x2c, 1, 0, 0, 0x61];
    const value = run(0x80, 2, 0x7d, 0x8c, 1, ...text("k"), ...list, 0x73, 0x2e);
    expect(value).toEqual(dict([["k", ["x"]]]));
    expect(run(0x80, 2, 0x5d, 0x71, 5, 0x28, 0x68, 5, 0x6a, 5, 0, 0, 0, 0x74, 0x2e)).toEqual({
      kind: "tuple",
      items: [[], []],
    });
    expect(run(0x80, 2, 0x4b, 1, 0x4b, 2, 0x86, 0x85, 0x2e)).toEqual({
      kind: "tuple",
      items: [{ kind: "tuple", items: [1, 2] }],
    });
  });

  it("gives tensors as records of their storage", () => {
    const storage = { storage: "BFloat16", key: "7", elements: 12, location: "cuda:0" };
    expect(read(pickledTensor(storage, [3, 4], [4, 1], 0))).toEqual({
      kind: "tensor",
      storage: { kind: "storage", dtype: "bf16", key: "7", elements: 12 },
      offset: 0,
      shape: [3, 4],
      strides: [4, 1],
    });
  });

  it("unwraps parameters and keeps their attributes", () => {
    const inner = pickledTensor({ storage: "Half", key: "0", elements: 1 }, [], []);
    const parameter = { global: "torch._utils._rebuild_parameter" };
    expect(read({ call: parameter, args: [inner, true, emptyOrderedDict] })).toEqual(read(inner));
    const withState = { global: "torch._utils._rebuild_parameter_with_state" };
    const state: Pickled = { dict: [["note", "n"]] };
    expect(read({ call: withState, args: [inner, true, emptyOrderedDict, state] })).toMatchObject({
      kind: "tensor",
      attributes: dict([["note", "n"]]),
    });
  });

  it("reads bitsandbytes' classes as records", () => {
    const inner = pickledTensor({ storage: "Byte", key: "0", elements: 4 }, [4, 1], [1, 1]);
    const state: Pickled = {
      make: { global: "bitsandbytes.functional.QuantState" },
      args: [],
      state: {
        dict: [
          ["blocksize", 64],
          ["dtype", { global: "torch.float16" }],
        ],
      },
    };
    const params: Pickled = {
      call: { global: "torch._tensor._rebuild_from_type_v2" },
      args: [
        { global: "torch._utils._rebuild_parameter" },
        { global: "bitsandbytes.nn.modules.Params4bit" },
        { tuple: [inner, false, emptyOrderedDict] },
        {
          dict: [
            ["quant_type", "nf4"],
            ["quant_state", state],
          ],
        },
      ],
    };
    const value = read(params);
    expect(value).toMatchObject({ kind: "tensor", type: "bitsandbytes.nn.modules.Params4bit" });
    const { attributes } = value as { attributes: { entries: Map<string, unknown> } };
    expect(attributes.entries.get("quant_state")).toEqual({
      kind: "instance",
      type: "bitsandbytes.functional.QuantState",
      attributes: dict([
        ["blocksize", 64],
        ["dtype", { kind: "global", name: "torch.float16" }],
      ] as never),
    });
  });

  it("reads sizes, dtypes and an OrderedDict of pairs, and ignores a module's metadata", () => {
    expect(read({ call: { global: "torch.Size" }, args: [{ tuple: [3, 4] }] })).toEqual({
      kind: "size",
      dims: [3, 4],
    });
    expect(read({ global: "torch.bfloat16" })).toEqual({ kind: "global", name: "torch.bfloat16" });
    const pairs: Pickled = {
      call: { global: "collections.OrderedDict" },
      args: [[{ tuple: ["a", 1] }]],
    };
    expect(read(pairs)).toEqual(dict([["a", 1]]));
    const metadata = [...writePickle({ dict: [["_metadata", 1]] })].slice(2, -1);
    const built = run(0x80, 2, ...[...writePickle(pairs)].slice(2, -1), ...metadata, 0x62, 0x2e);
    expect(built).toEqual(dict([["a", 1]]));
  });

  it.each([
    ["os.system", "a command"],
    ["builtins.eval", "an expression"],
    ["torch.load", "another function of torch"],
    ["torch.float8_e4m3fn", "a dtype of no layout"],
    ["collections.OrderedDict.fromkeys", "a method of an allowed class"],
    ["numpy.core.multiarray._reconstruct", "an array of numpy"],
  ])("refuses the global %s (%s) with file, offset and name", (name) => {
    const value: Pickled = { call: { global: name }, args: ["echo"] };
    expect(() => read(value)).toThrow(
      expect.objectContaining({
        name: "CheckpointError",
        code: "ERR_CHECKPOINT",
        path: "weights.bin",
        message: expect.stringMatching(
          new RegExp(
            `^weights\\.bin: pickle at byte \\d+: global "${name.replaceAll(".", "\\.")}" is not allowed`,
          ),
        ),
      }),
    );
  });

  it("refuses a global by its parts, however they are put together", () => {
    const parts = [0x8c, 2, ...text("os"), 0x8c, 6, ...text("system"), 0x93];
    expect(() => run(0x80, 4, ...parts, 0x2e)).toThrow('global "os.system" is not allowed');
    expect(() => run(0x80, 4, 0x4e, 0x8c, 1, ...text("x"), 0x93, 0x2e)).toThrow("is not text");
    expect(() => run(0x80, 4, 0x63, ...text("torch\n"), ...text("Size.x\n"), 0x2e)).toThrow(
      "torch.Size.x",
    );
  });

  it.each([
    ["INST", 0x69],
    ["OBJ", 0x6f],
    ["PERSID", 0x50],
    ["EXT1", 0x82],
    ["NEWOBJ_EX", 0x92],
    ["STRING", 0x53],
    ["DUP", 0x32],
    ["an unknown one", 0xee],
  ])("refuses the opcode %s", (_, opcode) => {
    const hex = opcode.toString(16);
    expect(() => run(0x80, 2, 0x4e, opcode, 0, 0x2e)).toThrow(
      `weights.bin: pickle at byte 3: opcode 0x${hex} is not one of a checkpoint's`,
    );
  });

  it.each<[string, Pickled, string]>([
    [
      "a negative size",
      pickledTensor({ storage: "Half", key: "0", elements: 1 }, [-1], [1]),
      "got -1",
    ],
    [
      "a size of NaN",
      pickledTensor({ storage: "Half", key: "0", elements: 1 }, [NaN], [1]),
      "got NaN",
    ],
    [
      "a fraction",
      pickledTensor({ storage: "Half", key: "0", elements: 1 }, [1.5], [1]),
      "got 1.5",
    ],
    [
      "a size above 2^53",
      pickledTensor({ storage: "Half", key: "0", elements: 1 }, [2n ** 64n], [1]),
      "got 18446744073709551616",
    ],
    [
      "more strides than axes",
      pickledTensor({ storage: "Half", key: "0", elements: 1 }, [1], [1, 1]),
      "1 axes and 2 strides",
    ],
    [
      "too many axes",
      pickledTensor(
        { storage: "Half", key: "0", elements: 1 },
        Array(33).fill(1),
        Array(33).fill(1),
      ),
      "at most 32 axes",
    ],
    [
      "an unknown storage",
      { storage: "ComplexFloat", key: "0", elements: 1 },
      "torch.ComplexFloatStorage",
    ],
    [
      "a tensor without storage",
      { call: { global: "torch._utils._rebuild_tensor_v2" }, args: [1] },
      "without a storage",
    ],
    ["a call of a dtype", { call: { global: "torch.float16" }, args: [] }, "cannot be called"],
    ["a call of text", { call: "x", args: [] }, "expected a class or function"],
    [
      "a key twice",
      {
        dict: [
          ["a", 1],
          ["a", 2],
        ],
      },
      "the key a stands twice",
    ],
    ["a key that is a list", { dict: [[["a"], 1]] }, "not a plain value"],
  ])("refuses %s", (_, value, message) => {
    expect(() => read(value)).toThrow(message);
    expect(() => read(value)).toThrow(expect.objectContaining({ code: "ERR_CHECKPOINT" }));
  });

  it("refuses programs that no pickler writes", () => {
    expect(() => run(0x80, 2, 0x2e)).toThrow("the stack is empty");
    expect(() => run(0x80, 2, 0x74, 0x2e)).toThrow("a mark is missing");
    expect(() => run(0x80, 2, 0x68, 3, 0x2e)).toThrow("memo entry 3 was never set");
    expect(() => run(0x80, 2, 0x4e, 0x28, 0x85, 0x2e)).toThrow("the stack is empty"); // below a mark
    expect(() => run(0x80, 2, 0x4e, 0x4e, 0x61, 0x2e)).toThrow("other than a list");
    expect(() => run(0x80, 2, 0x4e, 0x4e, 0x62, 0x2e)).toThrow("without attributes");
    expect(() => run(0x80, 9, 0x2e)).toThrow("protocol 5 at most, got 9");
    expect(() => run(0x80, 2, 0x58, 2, 0, 0, 0, 0xff, 0xfe, 0x2e)).toThrow("UTF-8");
  });

  it("limits strings, integers, the stack and marks", () => {
    expect(() => run(0x80, 2, 0x58, 0xff, 0xff, 0xff, 0x7f)).toThrow("a string of at most 1048576");
    expect(() => run(0x80, 4, 0x8d, ...Array<number>(8).fill(0xff))).toThrow("a string of at most");
    expect(() => run(0x80, 2, 0x8a, 17, ...Array<number>(17).fill(1))).toThrow("at most 16 bytes");
    expect(() => run(0x80, 2, ...Array<number>(MAX_STACK_VALUES + 1).fill(0x4e))).toThrow(
      "on the stack",
    );
    expect(() => run(0x80, 2, ...Array<number>(MAX_MARKS + 1).fill(0x28))).toThrow("open marks");
  });

  it("tells that the bytes end inside a pickle, wherever that is", () => {
    const bytes = writePickle([
      pickledTensor({ storage: "Half", key: "0", elements: 1 }, [1], [1]),
      0.5,
    ]);
    for (let length = 0; length < bytes.length; length++)
      expect(() => unpickle("weights.bin", bytes.subarray(0, length))).toThrow(PickleEnd);
  });

  it("tells where the next pickle begins", () => {
    const first = writePickle("a");
    const both = Uint8Array.from([...first, ...writePickle("b")]);
    const { end } = unpickle("weights.bin", both);
    expect(end).toBe(first.length);
    expect(unpickle("weights.bin", both, end).value).toBe("b");
  });
});
