import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { openQuantizedLinears } from "../checkpoint/quantized/open-quantized-linears.ts";
import { smallConfig, writeFloatCheckpoint } from "./__fixtures__/write-float-checkpoint.ts";
import { quantizeCheckpoint, type QuantizeCheckpointOptions } from "./quantize-checkpoint.ts";

let folder = "";
let source = "";
let out = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quantize-"));
  source = await writeFloatCheckpoint(join(folder, "in"));
  out = join(folder, "out");
});
afterEach(() => rm(folder, { recursive: true }));

const nf4: QuantizeCheckpointOptions = { format: "nf4", threads: 1 };

async function contentsOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).toSorted();
  const texts = names.map(async (name) => [name, await readFile(join(directory, name), "latin1")]);
  return Object.fromEntries(await Promise.all(texts));
}

describe("quantizeCheckpoint", () => {
  it("writes a shard for each layer, the index, and what lies beside the weights", async () => {
    await writeFile(join(source, "LICENSE"), "text");
    await writeFile(join(source, "pytorch_model.bin"), "other weights");
    const report = await quantizeCheckpoint(source, out, nf4);
    expect(await readdir(folder)).toEqual(["in", "out"]);
    expect((await readdir(out)).toSorted()).toEqual([
      "LICENSE",
      "config.json",
      "generation_config.json",
      "model-00001-of-00003.safetensors",
      "model-00002-of-00003.safetensors",
      "model-00003-of-00003.safetensors",
      "model.safetensors.index.json",
      "tokenizer.model",
    ]);
    // 2*48*64 + 64 outside of layers; 2 * (2*64 + 4*64*64 + 3*64*128) in them; two bytes each
    expect(report).toMatchObject({ format: "nf4", sourceBytes: 176_768, resumedShards: 0 });
    expect(report.linears).toEqual([]);
    await using checkpoint = await openCheckpoint(out);
    expect(checkpoint.config.numHiddenLayers).toBe(2);
  });

  it("keeps every key of the config, and adds how the weights are quantized", async () => {
    await quantizeCheckpoint(source, out, { format: "int4", blockSize: 32, threads: 1 });
    const { quantization_config: added, ...kept } = JSON.parse(
      await readFile(join(out, "config.json"), "utf8"),
    ) as Record<string, unknown>;
    expect(kept).toEqual(smallConfig);
    expect(added).toMatchObject({ quant_method: "compressed-tensors", format: "pack-quantized" });
  });

  it.each(["bf16", "f16", "f32"] as const)(
    "keeps embeddings, norms and head of %s bit for bit",
    async (dtype) => {
      const edit = (_: string, values: Float32Array): void => {
        values.set([-0, dtype === "f16" ? 2 ** -24 : 2 ** -133]); // a subnormal
      };
      await writeFloatCheckpoint(source, { dtype, edit });
      await quantizeCheckpoint(source, out, { format: "int8", threads: 1 });
      await using before = await openCheckpoint(source);
      await using after = await openCheckpoint(out);
      const linears = await openQuantizedLinears(after);
      expect(linears.size).toBe(2 * 5);
      for (const name of before.tensors.keys()) {
        if (linears.has(name)) continue;
        expect(after.tensors.get(name)?.dtype).toBe(dtype);
        expect(await after.readBytes(name)).toEqual(await before.readBytes(name));
      }
    },
  );

  it("gives the same bytes with any number of threads, and with a report", async () => {
    await quantizeCheckpoint(source, out, { format: "int4", threads: 1 });
    const other = join(folder, "other");
    await quantizeCheckpoint(source, other, { format: "int4", threads: 2, report: true });
    expect(await contentsOf(other)).toEqual(await contentsOf(out));
  });

  it("compares every linear, in the order of the network", async () => {
    const { linears } = await quantizeCheckpoint(source, out, { ...nf4, report: true });
    const names = ["self_attn.W_pack", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj"];
    expect(linears.map(({ name }) => name)).toEqual(
      [0, 1].flatMap((layer) =>
        [...names, "mlp.down_proj"].map((linear) => `model.layers.${layer}.${linear}.weight`),
      ),
    );
    for (const { relativeError, maxError } of linears) {
      // 16 levels: the widest gap of the codebook is 0.15 of the largest weight each side
      expect(relativeError).toBeGreaterThan(0.02);
      expect(relativeError).toBeLessThan(0.15);
      expect(maxError).toBeGreaterThan(0);
      expect(maxError).toBeLessThan(0.16 * 0.2);
    }
  });

  it("tells how far it is after every tensor", async () => {
    const seen: [number, number][] = [];
    const onProgress = (done: number, total: number): void => void seen.push([done, total]);
    await quantizeCheckpoint(source, out, { ...nf4, onProgress });
    expect(seen).toHaveLength(3 + 2 * 7);
    expect(seen.map(([done]) => done)).toEqual(
      seen.map(([done]) => done).toSorted((a, b) => a - b),
    );
    expect(seen.at(-1)).toEqual([176_768, 176_768]);
  });
});

describe("an interrupted quantizeCheckpoint", () => {
  /** Ends a run by abort when so many tensors are done. */
  async function interrupt(tensors: number, options = nf4): Promise<void> {
    const controller = new AbortController();
    let done = 0;
    const onProgress = (): void => {
      if (++done === tensors) controller.abort(new Error("enough"));
    };
    const { signal } = controller;
    const run = quantizeCheckpoint(source, out, { ...options, signal, onProgress });
    await expect(run).rejects.toThrow("enough");
  }

  it("goes on after the last finished shard, and ends with the same bytes and report", async () => {
    const straight = join(folder, "straight");
    const options = { ...nf4, report: true };
    const expected = await quantizeCheckpoint(source, straight, options);
    await interrupt(3 + 9, options); // embeddings, norm, head; the first layer; two tensors of the second
    expect((await readdir(folder)).toSorted()).toEqual(["in", "out.partial", "straight"]);
    const report = await quantizeCheckpoint(source, out, options);
    expect(report).toEqual({ ...expected, resumedShards: 2 });
    expect(await contentsOf(out)).toEqual(await contentsOf(straight));
    expect((await readdir(folder)).toSorted()).toEqual(["in", "out", "straight"]);
  });

  it("starts over for another format or after the source was changed", async () => {
    await interrupt(10);
    expect((await quantizeCheckpoint(source, out, { ...nf4, format: "int8" })).resumedShards).toBe(
      0,
    );
    out = join(folder, "again");
    await interrupt(10);
    await writeFloatCheckpoint(source, { dtype: "f32" });
    expect((await quantizeCheckpoint(source, out, nf4)).resumedShards).toBe(0);
  });

  it("writes the shards again that were not compared, if a report is wanted now", async () => {
    await interrupt(10);
    const report = await quantizeCheckpoint(source, out, { ...nf4, report: true });
    expect(report.resumedShards).toBe(0);
    expect(report.linears).toHaveLength(10);
  });

  it("writes a shard again that has another size than it had", async () => {
    await interrupt(3 + 7);
    const shard = join(`${out}.partial`, "checkpoint", "model-00001-of-00003.safetensors");
    await truncate(shard, 100);
    expect((await quantizeCheckpoint(source, out, nf4)).resumedShards).toBe(0);
  });
});

describe("quantizeCheckpoint refuses", () => {
  const refusal = async (to = out, options: object = nf4): Promise<unknown> =>
    quantizeCheckpoint(source, to, options as QuantizeCheckpointOptions).catch(
      (error: unknown) => error,
    );
  afterEach(async () => expect(await readdir(folder)).not.toContain("out.partial"));

  it("a checkpoint that is quantized already", async () => {
    const first = join(folder, "first");
    await quantizeCheckpoint(source, first, nf4);
    source = first;
    const message = `${first}: expected unquantized weights, got weights that are already quantized to nf4 (use the unquantized checkpoint)`;
    expect(await refusal()).toMatchObject({ name: "CheckpointError", message });
  });

  it.each([
    [{ format: "int5" }, 'format "int5"'],
    [{ format: "int4", blockSize: 48 }, "blockSize 48"],
    [{ format: "nf4", blockSize: 64 }, "blockSize for nf4"],
    [{ format: "nf4", threads: 0 }, "threads 0"],
  ])("%o", async (options, what) => {
    const expected = { name: "UnsupportedError", message: expect.stringContaining(what) as string };
    expect(await refusal(out, options)).toMatchObject(expected);
  });

  it("a checkpoint without a tensor", async () => {
    const name = "model.layers.1.mlp.up_proj.weight";
    await writeFloatCheckpoint(source, { without: [name] });
    const message = `${source}: tensor "${name}" [128, 64] is missing`;
    expect(await refusal()).toMatchObject({ name: "CheckpointError", message });
  });

  it("rows that are no multiple of the block, with file and tensor", async () => {
    await writeFloatCheckpoint(source, { config: { ...smallConfig, intermediate_size: 96 } });
    expect(await refusal(out, { format: "int4", blockSize: 64 })).toMatchObject({
      name: "CheckpointError",
      path: join(source, "model.safetensors"),
      tensor: "model.layers.0.mlp.down_proj.weight",
      problems: [expect.stringContaining("multiple of 64 for int4, got shape [64, 96]") as string],
    });
  });

  it("a truncated file", async () => {
    const path = join(source, "model.safetensors");
    await truncate(path, 100_000);
    expect(await refusal()).toMatchObject({ name: "CheckpointError", path });
  });

  it("a place that is taken, also by an empty directory", async () => {
    await mkdir(out);
    expect(await refusal()).toMatchObject({ name: "OutputError", problem: "exists", path: out });
    expect(await refusal(source)).toMatchObject({ problem: "inside-source" });
    expect(await refusal(join(source, "x", "y"))).toMatchObject({ problem: "inside-source" });
    await symlink(source, join(folder, "link"));
    expect(await refusal(join(folder, "link", "x"))).toMatchObject({ problem: "inside-source" });
    expect(await refusal(`${source}x`)).not.toBeInstanceOf(Error);
  });

  it("a place below a file", async () => {
    const below = join(source, "config.json", "out");
    source = fileURLToPath(new URL("../checkpoint/__fixtures__/t7-bin-bf16", import.meta.url));
    expect(await refusal(below)).toMatchObject({ name: "OutputError", problem: "not-writable" });
  });
});

it("quantizeCheckpoint refuses a directory without permission", async ({ skip }) => {
  skip(process.getuid?.() === 0, "root may write anywhere");
  await mkdir(join(folder, "locked"), { mode: 0o500 });
  const run = quantizeCheckpoint(source, join(folder, "locked", "out"), nf4);
  await expect(run).rejects.toMatchObject({ problem: "not-writable" });
});

it("a weight that is not finite ends quantizeCheckpoint with its name, and loses no shard", async () => {
  const name = "model.layers.1.mlp.up_proj.weight";
  await writeFloatCheckpoint(source, {
    edit: (tensor, values) => void (tensor === name && values.set([NaN], 70)),
  });
  await expect(quantizeCheckpoint(source, out, nf4)).rejects.toMatchObject({
    name: "CheckpointError",
    path: join(source, "model.safetensors"),
    tensor: name,
  });
  const left = await readdir(join(`${out}.partial`, "checkpoint"));
  expect(left.toSorted()).toEqual([
    "model-00001-of-00003.safetensors",
    "model-00002-of-00003.safetensors",
  ]);
});
