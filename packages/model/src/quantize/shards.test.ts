import { expect, it } from "vitest";
import type { TensorInfo } from "../checkpoint/checkpoint.ts";
import { expectedTensors, readModelConfig } from "../config.ts";
import { smallConfig } from "./__fixtures__/write-float-checkpoint.ts";
import { linearShape, shardsOf, sourceBytesOf } from "./shards.ts";

const config = readModelConfig({ ...smallConfig, num_hidden_layers: 11 }, "config.json");
const infos = [...expectedTensors(config)].map(([name, shape]): TensorInfo => {
  return { name, shape, dtype: "bf16", sizeBytes: 2, file: "m" };
});
const tensors = new Map(infos.map((tensor) => [tensor.name, tensor]));

it("each layer is a shard, in the order of the network, after one of all that belongs to none", () => {
  const shards = shardsOf({ config, tensors });
  expect(shards.map(({ file }) => file)).toEqual(
    Array.from(
      { length: 12 },
      (_, i) => `model-${String(i + 1).padStart(5, "0")}-of-00012.safetensors`,
    ),
  );
  const names = shards.map((shard) => shard.tensors.map(({ name }) => name));
  expect(names[0]).toEqual(["model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"]);
  for (const [layer, keys] of names.slice(1).entries()) {
    expect(keys).toHaveLength(7);
    expect(keys.every((key) => key.startsWith(`model.layers.${layer}.`))).toBe(true);
  }
  expect(shards.map(sourceBytesOf)).toEqual([6, ...Array<number>(11).fill(14)]);
});

it("the five linears of a layer are quantized, and nothing else", () => {
  const quantized = infos.filter((tensor) => linearShape(tensor) !== undefined);
  expect(quantized).toHaveLength(11 * 5);
  expect(linearShape(tensors.get("model.layers.10.mlp.down_proj.weight")!)).toEqual([64, 128]);
  expect(linearShape(tensors.get("lm_head.weight")!)).toBeUndefined();
  expect(linearShape(tensors.get("model.layers.3.input_layernorm.weight")!)).toBeUndefined();
});
