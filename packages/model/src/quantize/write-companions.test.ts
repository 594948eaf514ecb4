import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TensorInfo } from "../checkpoint/checkpoint.ts";
import { readWeightIndex } from "../checkpoint/weight-index.ts";
import { writeCompanions } from "./write-companions.ts";

let source = "";
beforeEach(async () => {
  source = await mkdtemp(join(tmpdir(), "companions-"));
});
afterEach(() => rm(source, { recursive: true }));

/** Writes into memory. */
function recorder() {
  const copied: string[] = [];
  const texts = new Map<string, string>();
  return {
    copied,
    texts,
    copy: async (from: string): Promise<void> => void copied.push(basename(from)),
    writeText: async (file: string, text: string): Promise<void> => void texts.set(file, text),
  };
}

it("writeCompanions copies what is no weights, and follows links", async () => {
  const small = ["tokenizer.model", "generation_config.json", "modeling_baichuan.py", "LICENSE"];
  const left = [
    "config.json",
    "pytorch_model.bin",
    "a.safetensors",
    "pytorch_model.bin.index.json",
  ];
  for (const name of [...small, ...left, ".gitattributes"])
    await writeFile(join(source, name), "{}");
  await mkdir(join(source, "assets"));
  await symlink("LICENSE", join(source, "NOTICE"));
  await symlink("nowhere", join(source, "README.md"));
  const staging = recorder();
  await writeCompanions(source, [], { format: "nf4" }, staging);
  expect(staging.copied.toSorted()).toEqual([...small, "NOTICE"].toSorted());
});

it("writeCompanions keeps the keys of the config and replaces how the weights were quantized", async () => {
  // Published float checkpoints have a quantization_config.
  const config = { vocab_size: 3, other: { nested: true }, quantization_config: { bits: 4 } };
  await writeFile(join(source, "config.json"), JSON.stringify(config));
  const staging = recorder();
  await writeCompanions(source, [], { format: "int8" }, staging);
  expect(JSON.parse(staging.texts.get("config.json")!)).toEqual({
    ...config,
    quantization_config: expect.objectContaining({ load_in_8bit: true }) as unknown,
  });
});

it("writeCompanions lists the tensors of every shard, and their bytes", async () => {
  await writeFile(join(source, "config.json"), "{}");
  const tensor = (name: string, ...shape: number[]): TensorInfo => {
    return { name, shape, dtype: "bf16", sizeBytes: 0, file: "m" };
  };
  const linear = "model.layers.0.mlp.up_proj";
  const shards = [
    { file: "one", tensors: [tensor("model.norm.weight", 64)] },
    { file: "two", tensors: [tensor(`${linear}.weight`, 2, 64)] },
  ];
  const staging = recorder();
  await writeCompanions(source, shards, { format: "int8" }, staging);
  const text = staging.texts.get("model.safetensors.index.json")!;
  expect(Object.fromEntries(readWeightIndex(text, "index").weightMap)).toEqual({
    "model.norm.weight": "one",
    [`${linear}.weight`]: "two",
    [`${linear}.SCB`]: "two",
    [`${linear}.weight_format`]: "two",
  });
  // 64 of two bytes; 2 * 64 of one, 2 scales of four, and one byte
  expect(JSON.parse(text)).toMatchObject({ metadata: { total_size: 128 + 128 + 8 + 1 } });
});
