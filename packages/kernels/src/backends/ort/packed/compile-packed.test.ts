import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CompileOptions, WeightReader } from "../../../backend.ts";
import { seededWeights } from "../../../conformance/seeded-weights.ts";
import { Graph } from "../../../graph/graph.ts";
import { i32 } from "../../../graph/tensor.ts";
import { gather } from "../../../ops/gather/op.ts";
import { linear } from "../../../ops/linear/op.ts";
import { createOrtNodeBackend, type OrtNodeOptions } from "../node.ts";

let directory = "";
let warnings: string[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "packed-test-"));
  warnings = [];
});
afterEach(() => rm(directory, { recursive: true }));

const [ROWS, C] = [64, 256];

/** Embeddings, and a linear in int4 whose scales are not packed with it. */
function network(): Graph {
  const g = new Graph();
  const x = gather(g, g.weight("embed", [ROWS, C]), g.input("ids", "i32", ["T"]));
  const format = { kind: "int4", blockSize: 128, symmetric: true } as const;
  g.output("y", linear(g, x, g.weight("w", [ROWS, C], format)));
  return g;
}

/** Seeded weights under an identity; `reads` lists the names that were asked for. */
function identified(identity: string, reads: string[] = []): WeightReader {
  const weights = seededWeights(network());
  return {
    identity,
    read(name, signal) {
      reads.push(name);
      return weights.read(name, signal);
    },
  };
}

async function run(
  reader: WeightReader,
  options: OrtNodeOptions = { packedCacheDir: directory },
  compileOptions: CompileOptions = {},
): Promise<Float32Array> {
  const backend = await createOrtNodeBackend({
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  await using executable = await backend.compile(network(), reader, compileOptions);
  const { y } = await executable.run({ ids: i32(Int32Array.of(3, 1, 60), [3]) });
  return y?.data as Float32Array;
}

/** The folder of the only entry. */
async function entryPath(): Promise<string> {
  const names = await readdir(directory);
  expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  return join(directory, names[0]);
}

it("the second compilation reads no weight and gives the bits of a plain one", async () => {
  const plain = await run(seededWeights(network()), {});
  const reads: string[] = [];
  const progress: number[][] = [];
  const onProgress = (...bytes: number[]): void => void progress.push(bytes);
  expect(await run(identified("a", reads), undefined, { onProgress })).toEqual(plain);
  expect(reads).toEqual(["embed", "w"]);
  const total = ROWS * C * 4 + (ROWS * C) / 2 + ((ROWS * C) / 128) * 4;
  expect(progress).toEqual([
    [ROWS * C * 4, total],
    [total, total],
  ]);
  expect(await run(identified("a", reads))).toEqual(plain);
  expect(reads).toHaveLength(2);
  expect(warnings).toEqual([]);
  expect((await readdir(await entryPath())).toSorted()).toEqual([
    "manifest.json",
    "model.onnx",
    "weights.bin",
  ]);
});

it("an entry does not hold the raw bytes of a matrix that is packed", async () => {
  const raw: Uint8Array[] = [];
  for await (const { packed } of seededWeights(network()).read("w")) raw.push(packed as Uint8Array);
  await run(identified("a"));
  const entry = await entryPath();
  const weights = await readFile(join(entry, "weights.bin"));
  const model = await readFile(join(entry, "model.onnx"), "latin1");
  expect(model).toContain("prepacked_0");
  expect(weights.includes(Buffer.from(raw[1]))).toBe(false); // all rows but the first three
});

it("another identity is another entry, and a reader without one leaves nothing", async () => {
  await run(seededWeights(network()));
  expect(await readdir(directory)).toEqual([]);
  await run(identified("a"));
  await run(identified("b"));
  expect(await readdir(directory)).toHaveLength(2);
});

describe("a damaged entry is told, made again and never used", () => {
  const damages: Record<string, (entry: string) => Promise<unknown>> = {
    "a byte of packed weights that changed": async (entry) => {
      await using file = await open(join(entry, "weights.bin"), "r+");
      const { size } = await file.stat();
      const byte = new Uint8Array(1);
      await file.read(byte, 0, 1, size - 10);
      await file.write(Uint8Array.of(byte[0] ^ 255), 0, 1, size - 10);
    },
    "weights that are cut off": async (entry) => {
      const path = join(entry, "weights.bin");
      await truncate(path, (await stat(path)).size - 1);
    },
    "a model that changed": async (entry) => {
      await writeFile(join(entry, "model.onnx"), "x", { flag: "a" });
    },
    "a model that is gone": (entry) => rm(join(entry, "model.onnx")),
    "a manifest of another version": async (entry) => {
      const path = join(entry, "manifest.json");
      const text = await readFile(path, "utf8");
      await writeFile(path, text.replace('"version":2', '"version":1'));
    },
    "a manifest that has lost the embeddings": async (entry) => {
      const path = join(entry, "manifest.json");
      const manifest = JSON.parse(await readFile(path, "utf8"));
      await writeFile(path, JSON.stringify({ ...manifest, tables: [] }));
    },
    "a manifest that is cut off": (entry) => truncate(join(entry, "manifest.json"), 20),
  };
  it.each(Object.keys(damages))("%s", async (title) => {
    const plain = await run(identified("a"));
    await damages[title]?.(await entryPath());
    const reads: string[] = [];
    expect(await run(identified("a", reads))).toEqual(plain);
    expect(reads).toEqual(["embed", "w"]);
    expect(warnings).toEqual([expect.stringMatching(/^packed weights in .*they are made again/)]);
    expect(await run(identified("a", reads))).toEqual(plain);
    expect(reads).toHaveLength(2);
    expect(warnings).toHaveLength(1);
  });
});

it("two compilations at once make one entry and leave nothing else", async () => {
  const [first, second] = await Promise.all([run(identified("a")), run(identified("a"))]);
  expect(first).toEqual(second);
  expect(warnings).toEqual([]);
  await entryPath();
});

it("a folder that cannot be made is told, and the model loads without it", async () => {
  const file = join(directory, "file");
  await writeFile(file, "");
  const plain = await run(seededWeights(network()), {});
  expect(await run(identified("a"), { packedCacheDir: join(file, "cache") })).toEqual(plain);
  expect(warnings).toEqual([expect.stringContaining("packed weights are not kept in")]);
});

it("weights that exceed the limit are told, and the model loads without the cache", async () => {
  await run(identified("a"), { packedCacheDir: directory, packedCacheMaxBytes: 1000 });
  expect(warnings).toEqual([expect.stringContaining("raise packedCacheMaxBytes")]);
  expect(await readdir(directory)).toEqual([]);
});

it("the least recently used entries make room, but none of the last hour", async () => {
  const limit = { packedCacheDir: directory, packedCacheMaxBytes: 150_000 }; // one entry takes about 100 kB
  await run(identified("old"), limit);
  const old = await entryPath();
  const twoHoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
  await utimes(join(old, "manifest.json"), twoHoursAgo, twoHoursAgo);
  for (const identity of ["a", "b", "c"]) await run(identified(identity), limit);
  expect(await readdir(directory)).toHaveLength(3);
  await expect(stat(old)).rejects.toThrow("ENOENT");
});

it("a hit marks its entry as used", async () => {
  await run(identified("a"));
  const manifest = join(await entryPath(), "manifest.json");
  await utimes(manifest, new Date(0), new Date(0));
  await run(identified("a"));
  expect(Date.now() - (await stat(manifest)).mtimeMs).toBeLessThan(60_000);
});

it("what a killed process left a day ago is removed by the next that packs", async () => {
  const twoDaysAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
  for (const name of ["packing-old", "packing-new"]) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, "weights.bin"), "");
  }
  await utimes(join(directory, "packing-old", "weights.bin"), twoDaysAgo, twoDaysAgo);
  await run(identified("a"));
  expect(await readdir(directory)).toContain("packing-new");
  expect(await readdir(directory)).not.toContain("packing-old");
});

it("an abort between weights and a short weight leave nothing behind", async () => {
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(new Error("changed my mind"));
  const options = { signal: controller.signal, onProgress };
  await expect(run(identified("a"), undefined, options)).rejects.toThrow("changed my mind");
  const short: WeightReader = {
    identity: "short",
    async *read() {
      yield { values: new Float32Array(3) };
    },
  };
  await expect(run(short)).rejects.toThrow('weight "embed": expected 65536 bytes of values');
  expect(await readdir(directory)).toEqual([]);
  expect(warnings).toEqual([]);
});
