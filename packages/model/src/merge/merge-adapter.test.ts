import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsupportedError } from "@baichuan2/kernels";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAdapter } from "../adapter/__fixtures__/write-adapter.ts";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { readModelConfig } from "../config.ts";
import { loadModel } from "../load-model.ts";
import {
  smallConfig,
  writeFloatCheckpoint,
} from "../quantize/__fixtures__/write-float-checkpoint.ts";
import { OutputError } from "../quantize/output-error.ts";
import { quantizeCheckpoint } from "../quantize/quantize-checkpoint.ts";
import { mergeAdapter } from "./merge-adapter.ts";
import { addProduct } from "./merged-chunks.ts";

/** float32 against PEFT's float32, logits up to ±12 (data/model/README.md). */
const LOGITS_TOLERANCE = 1e-4;

/** One rounding of float32 at weights below 8. */
const WEIGHT_TOLERANCE = 1e-6;

const W_PACK = "model.layers.0.self_attn.W_pack.weight";
const O_PROJ = "model.layers.1.self_attn.o_proj.weight";

let folder = "";
let model = "";
let adapter = "";
let output = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "merge-"));
  model = await writeFloatCheckpoint(join(folder, "model"));
  const config = readModelConfig(smallConfig, "small");
  adapter = await writeAdapter(join(folder, "adapter"), config, { rank: 2 });
  output = join(folder, "merged");
});
afterEach(() => rm(folder, { recursive: true }));

const largest = (a: Float32Array, b: ArrayLike<number>): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))));

async function read(directory: string, name: string): Promise<Float32Array> {
  await using checkpoint = await openCheckpoint(directory);
  return await checkpoint.readFloat32(name);
}

it("rows of a product are added to their rows", () => {
  // B · A of row 1: 2 · [1, 10] + 3 · [100, 1000]; times alpha / r = 4 and scale 0.5
  const linear = {
    rank: 2,
    scaling: 4,
    a: Float32Array.of(1, 10, 100, 1000),
    b: Float32Array.of(0, 0, 2, 3),
    shape: [2, 2],
  } as const;
  const rows = Float32Array.of(1, -1);
  addProduct(rows, linear, 1, 0.5);
  expect([...rows]).toEqual([1 + 2 * 302, -1 + 2 * 3020]);
});

describe("a merged checkpoint", () => {
  it("has the adapter in its linears, everything else bit for bit, and what lies beside the weights", async () => {
    const progress: number[] = [];
    const onProgress = (done: number, total: number): void => void progress.push(done / total);
    const report = await mergeAdapter({ model, adapter, output, onProgress });
    expect(report.merged).toEqual([W_PACK, W_PACK.replace("0", "1")]);
    expect(progress.at(-1)).toBe(1);
    expect((await readdir(output)).toSorted()).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.model",
    ]);
    expect(JSON.parse(await readFile(join(output, "config.json"), "utf8"))).toEqual(smallConfig);
    expect(await read(output, O_PROJ)).toEqual(await read(model, O_PROJ));
    await using merged = await openCheckpoint(output);
    expect(merged.tensors.get(W_PACK)?.dtype).toBe("bf16");
    expect(await readdir(folder)).toHaveLength(3);
  });

  it("gives the logits of the model with the adapter beside its weights", async () => {
    await mergeAdapter({ model, adapter: adapter, output, dtype: "f32", scale: 0.5 });
    const config = JSON.parse(await readFile(join(output, "config.json"), "utf8")) as object;
    expect(config).toEqual({ ...smallConfig, torch_dtype: "float32" });
    for (const directory of [model, output]) await rm(join(directory, "tokenizer.model")); // ids only
    await using one = await loadModel(output);
    await using two = await loadModel(model, { adapter: { path: adapter, scale: 0.5 } });
    const ids = [1, 2, 3, 40, 5];
    const [a, b] = [(await one.logits(ids)).data, (await two.logits(ids)).data];
    expect(largest(a, b)).toBeLessThan(LOGITS_TOLERANCE);
  });
});

describe.each(["t7", "t13"])("%s and an adapter", (name) => {
  describeShared("merged as PEFT does", `model/lora/${name}.manifest.json`, () => {
    const golden = readGolden(sharedData(`model/lora/${name}.manifest.json`));
    it.each(["r1", "r8"])("with rank %s", async (rank) => {
      await mergeAdapter({
        model: sharedData(`model/models/${name}/safetensors-bf16`),
        adapter: sharedData(`model/lora/${name}-${rank}/final-safetensors`),
        output,
        dtype: "f32",
      });
      const merged = golden.floats(`${rank}.merged_layer0_W_pack`);
      expect(largest(await read(output, W_PACK), merged)).toBeLessThan(WEIGHT_TOLERANCE);
      await using tuned = await loadModel(output);
      const { data } = await tuned.logits(golden.ints(`${rank}.logits_ids`));
      const want = golden.floats(`${rank}.logits_merged`);
      expect(largest(data, want)).toBeLessThan(LOGITS_TOLERANCE);
    });
  });
});

describe("what cannot be merged leaves nothing behind", () => {
  const left = async (): Promise<string[]> => (await readdir(folder)).toSorted();

  it("quantized weights", async () => {
    const quantized = join(folder, "quantized");
    await quantizeCheckpoint(model, quantized, { format: "int8" });
    await expect(mergeAdapter({ model: quantized, adapter, output })).rejects.toThrow(
      "expected unquantized weights, got weights that are already quantized to int8",
    );
    expect(await left()).toEqual(["adapter", "model", "quantized"]);
  });

  it("an adapter of another shape", async () => {
    const config = readModelConfig({ ...smallConfig, hidden_size: 32 }, "narrow");
    await writeAdapter(adapter, config, { rank: 2 });
    await expect(mergeAdapter({ model, adapter, output })).rejects.toMatchObject({
      code: "ERR_ADAPTER",
      problem: "shape",
    });
  });

  it("a place that is taken, or in the model", async () => {
    await mkdir(output);
    for (const place of [output, model, join(model, "merged")])
      await expect(mergeAdapter({ model, adapter, output: place })).rejects.toThrow(OutputError);
    expect(await left()).toEqual(["adapter", "merged", "model"]);
  });

  it("numbers that the type cannot hold", async () => {
    const options = { model, adapter, output, dtype: "f16", scale: 1e9 } as const;
    await expect(mergeAdapter(options)).rejects.toThrow(CheckpointError);
    await expect(mergeAdapter(options)).rejects.toThrow("expected finite values");
    await expect(mergeAdapter({ ...options, dtype: "f8" as "f16" })).rejects.toThrow(
      UnsupportedError,
    );
    expect(await left()).toEqual(["adapter", "model"]);
  });

  it("a run that is aborted", async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error("enough"));
    const { signal } = controller;
    await expect(mergeAdapter({ model, adapter, output, signal, onProgress })).rejects.toThrow();
    expect(await left()).toEqual(["adapter", "model"]);
  });
});
