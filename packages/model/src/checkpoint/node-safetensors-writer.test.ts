import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openFileSource } from "./node-file-source.ts";
import { writeSafetensors, type TensorData } from "./node-safetensors-writer.ts";
import { readSafetensors } from "./safetensors.ts";
import type { TensorDeclaration } from "./safetensors-writer.ts";
import { readTensorBytes } from "./stored-tensor.ts";
import { readWeightIndex, writeWeightIndex } from "./weight-index.ts";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "safetensors-"));
  path = join(folder, "model.safetensors");
});
afterEach(() => rm(folder, { recursive: true }));

const pair: TensorDeclaration[] = [
  { name: "b", dtype: "u8", shape: [3] },
  { name: "a", dtype: "i16", shape: [1, 2] },
];
const a = { name: "a", chunks: [Uint8Array.of(1, 2, 3), Uint8Array.of(4)] };
const b = { name: "b", chunks: [Uint8Array.of(5, 6, 7)] };

async function* streamed(data: readonly TensorData[]): AsyncGenerator<TensorData> {
  for (const item of data) yield item;
}

describe("writeSafetensors", () => {
  it("writes two tensors as worked out by hand, the wider items first", async () => {
    const size = await writeSafetensors(path, pair, streamed([b, a]));
    const file = await readFile(path);
    const json =
      '{"__metadata__":{"format":"pt"},"a":{"dtype":"I16","shape":[1,2],"data_offsets":[0,4]},' +
      '"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}';
    // 139 characters, one space up to 144
    expect(json).toHaveLength(139);
    expect([...file.subarray(0, 8)]).toEqual([144, 0, 0, 0, 0, 0, 0, 0]);
    expect(file.subarray(8, 152).toString()).toBe(json.padEnd(144));
    expect([...file.subarray(152)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(size).toBe(159);
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  it("replaces an older file", async () => {
    await writeSafetensors(path, pair, [a, b]);
    await writeSafetensors(path, [], []);
    expect((await readFile(path)).subarray(8).toString()).toBe('{"__metadata__":{"format":"pt"}}');
  });

  it.each<[string, TensorData[], string]>([
    ["a tensor without data", [a], 'expected data for tensor "b", got none'],
    ["data given twice", [a, a, b], 'tensor "a": was given twice'],
    ["data of no declared tensor", [a, { name: "c", chunks: [] }], 'tensor "c": was not declared'],
    [
      "too few bytes",
      [{ name: "a", chunks: [Uint8Array.of(1)] }],
      'tensor "a": expected 4 bytes, got 1',
    ],
    [
      "too many bytes",
      [{ name: "b", chunks: [new Uint8Array(3), new Uint8Array(1)] }],
      'tensor "b": expected 3 bytes, got at least 4',
    ],
  ])("refuses %s and leaves no file", async (_, data, message) => {
    await expect(writeSafetensors(path, pair, data)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a name that stands twice, and a directory that is not there", async () => {
    const twice = [...pair, { name: "a", dtype: "u8", shape: [1] } as const];
    await expect(writeSafetensors(path, twice, [])).rejects.toThrow("a name of its own");
    await expect(writeSafetensors(join(folder, "x", "y"), pair, [a, b])).rejects.toThrow(
      "cannot be written (ENOENT)",
    );
  });

  it("stops when it is aborted and leaves no file", async () => {
    const controller = new AbortController();
    const data: TensorData = {
      name: "b",
      chunks: (function* () {
        yield Uint8Array.of(5);
        controller.abort(new Error("enough"));
        yield Uint8Array.of(6, 7);
      })(),
    };
    const options = { signal: controller.signal };
    await expect(writeSafetensors(path, pair, [a, data], options)).rejects.toThrow("enough");
    expect(await readdir(folder)).toEqual([]);
  });

  it("passes on what the maker of the data throws, and leaves no file", async () => {
    const failing = (async function* (): AsyncGenerator<TensorData> {
      yield a;
      throw new Error("out of ideas");
    })();
    await expect(writeSafetensors(path, pair, failing)).rejects.toThrow("out of ideas");
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps every tensor's bytes and starts it at a multiple of its item size", async () => {
    const dtypes = ["i64", "f64", "f32", "i32", "bf16", "f16", "i16", "i8", "u8", "bool"] as const;
    const sizes = [8, 8, 4, 4, 2, 2, 2, 1, 1, 1];
    const shapes = fc.array(fc.tuple(fc.nat(9), fc.array(fc.nat(5), { maxLength: 3 })), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(shapes, async (drawn) => {
        const tensors = drawn.map(([at, shape], i) => ({
          name: `t${i}`,
          dtype: dtypes[at] ?? "u8",
          shape,
        }));
        const bytes = drawn.map(([at, shape], i) =>
          new Uint8Array(shape.reduce((x, y) => x * y, sizes[at] ?? 1)).fill(i + 1),
        );
        await writeSafetensors(
          path,
          tensors,
          tensors.map(({ name }, i) => ({ name, chunks: [bytes[i]!] })),
        );
        const source = await openFileSource(path);
        const read = await readSafetensors(source);
        for (const [i, { name, dtype, shape }] of tensors.entries()) {
          const stored = read.tensors.get(name)!;
          expect(stored.info).toMatchObject({ dtype, shape });
          expect(stored.byteOffset % sizes[drawn[i]![0]]!).toBe(0);
          expect(await readTensorBytes(stored)).toEqual(bytes[i]);
        }
        await source.close();
      }),
      { numRuns: 30 },
    );
  });
});

it("an index names the shard of each tensor, and is read again", () => {
  const shards = new Map([
    ["model-00001-of-00002.safetensors", ["b", "c"]],
    ["model-00002-of-00002.safetensors", ["a"]],
  ]);
  const text = writeWeightIndex(shards, 12);
  expect(JSON.parse(text)).toMatchObject({ metadata: { total_size: 12 } });
  const index = readWeightIndex(text, "model.safetensors.index.json");
  expect([...index.weightMap]).toEqual([
    ["a", "model-00002-of-00002.safetensors"],
    ["b", "model-00001-of-00002.safetensors"],
    ["c", "model-00001-of-00002.safetensors"],
  ]);
});

describeShared("files of the safetensors library", "model/models/t7/nf4-safetensors", () => {
  it.each(["nf4-safetensors", "int8-safetensors", "safetensors-bf16"])(
    "t7/%s written again has the same bytes",
    async (name) => {
      const original = sharedData(`model/models/t7/${name}/model.safetensors`);
      const source = await openFileSource(original);
      const { tensors } = await readSafetensors(source);
      const data = [...tensors.values()].map(async (tensor) => ({
        name: tensor.info.name,
        chunks: [await readTensorBytes(tensor)],
      }));
      const infos = [...tensors.values()].map(({ info }) => info);
      await writeSafetensors(path, infos.toReversed(), await Promise.all(data));
      await source.close();
      expect((await readFile(path)).equals(await readFile(original))).toBe(true);
    },
  );
});
