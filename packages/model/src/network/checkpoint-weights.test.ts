import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { openQuantizedLinears } from "../checkpoint/quantized/open-quantized-linears.ts";
import {
  writeFloatCheckpoint,
  type FloatCheckpointOptions,
} from "../quantize/__fixtures__/write-float-checkpoint.ts";
import { quantizeCheckpoint } from "../quantize/quantize-checkpoint.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import { planWeights, type WeightOptions } from "./weight-plan.ts";

const tinyChat = fileURLToPath(new URL("../../../../apps/cli/fixtures/tiny-chat", import.meta.url));
const pool = createNodeQuantPool({ threads: 1 });
afterAll(() => pool.dispose());

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "checkpoint-weights-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** All chunks of a weight, as the graph would get them. */
async function read(path: string, name: string, options: WeightOptions) {
  await using checkpoint = await openCheckpoint(path);
  const linears = await openQuantizedLinears(checkpoint);
  const plan = planWeights({ path, tensors: checkpoint.tensors, linears }, options);
  return await Array.fromAsync(checkpointWeights(checkpoint, { plan, linears, pool }).read(name));
}

it.each(["nf4", "int8"] as const)("norms stay float32 beside %s linears", async (dtype) => {
  const chunks = await read(tinyChat, "model.norm.weight", { dtype });
  expect(chunks).toEqual([{ values: expect.any(Float32Array) as Float32Array }]);
  expect(chunks[0]?.["values"]).toHaveLength(64);
});

it("embeddings become int8 rows of the numbers in the file, not of these in float16", async () => {
  // float16 has no 100 000, and steps of 2^-24 below 2^-14: 1e-6 would become 17 of them, 1.0133e-6
  const name = "model.embed_tokens.weight";
  const path = await writeFloatCheckpoint(directory, {
    dtype: "f32",
    edit: (key, values) => void (key === name && values.fill(1e-6, 0, 64).fill(100_000, 64, 128)),
  });
  const [chunk] = await read(path, name, { dtype: "int8", quantizeEmbeddings: true });
  expect([...(chunk?.["SCB"] ?? [])].slice(0, 2)).toEqual([Math.fround(1e-6), 100_000]);
});

describe("a weight that is not finite is told by tensor and file", () => {
  const [norm, embeddings, head] = [
    "model.norm.weight",
    "model.embed_tokens.weight",
    "lm_head.weight",
  ];
  const linear = "model.layers.1.mlp.up_proj.weight";

  const damaged = (options: FloatCheckpointOptions, name: string, value: number): Promise<string> =>
    writeFloatCheckpoint(join(directory, "in"), {
      ...options,
      edit: (key, values) => void (key === name && values.set([value], 37)),
    });
  const told = (path: string, tensor: string, problem: string | RegExp) => ({
    code: "ERR_CHECKPOINT",
    path: join(path, "model.safetensors"),
    tensor,
    problems: [expect.stringMatching(problem) as string],
  });

  it.each<[string, "bf16" | "f16" | "f32", WeightOptions]>([
    [norm, "bf16", { dtype: "int8" }],
    [embeddings, "bf16", { dtype: "nf4" }],
    [embeddings, "f16", { dtype: "nf4" }],
    [embeddings, "f32", { dtype: "nf4" }],
    [embeddings, "bf16", { dtype: "int8", quantizeEmbeddings: true }],
    [head, "bf16", { dtype: "int4" }],
    [head, "bf16", { dtype: "int4", quantizeHead: true }],
    [head, "bf16", { dtype: "int4", quantizeHead: 4 }],
    [head, "f16", { dtype: "int8", exact: true }],
  ])("%s of %s with %o", async (name, dtype, options) => {
    for (const [value, text] of [
      [NaN, "NaN"],
      [-Infinity, "-Infinity"],
    ] as const) {
      const path = await damaged({ dtype }, name, value);
      await expect(read(path, name, options)).rejects.toMatchObject(
        told(path, name, `^expected finite values, got ${text} at index 37 \\(`),
      );
      await rm(path, { recursive: true });
    }
  });

  it.each(["nf4", "int8", "int4"] as const)("linears as they become %s", async (dtype) => {
    const path = await damaged({ dtype: "bf16" }, linear, NaN);
    await expect(read(path, linear, { dtype })).rejects.toMatchObject(
      told(path, linear, /^expected finite weights, got NaN \(a weight is not finite, or beyond/),
    );
  });

  it("a linear beyond float16, as LLM.int8() rounds first", async () => {
    const path = await damaged({ dtype: "bf16" }, linear, 1e6);
    const reading = read(path, linear, { dtype: "int8" });
    await expect(reading).rejects.toMatchObject(told(path, linear, "got Infinity"));
    await expect(reading).rejects.not.toThrow("halfFirst");
  });

  it("in a checkpoint that is quantized already", async () => {
    const out = join(directory, "out");
    await quantizeCheckpoint(await damaged({ dtype: "f16" }, embeddings, NaN), out, {
      format: "nf4",
      threads: 1,
    });
    await expect(read(out, embeddings, {})).rejects.toMatchObject({
      path: join(out, "model-00001-of-00003.safetensors"),
      tensor: embeddings,
    });
  });

  it("but float32 passes it on, as the original", async () => {
    const path = await damaged({ dtype: "bf16" }, embeddings, NaN);
    const [chunk] = await read(path, embeddings, {});
    expect(chunk?.["values"]?.[37]).toBeNaN();
  });

  it("and large numbers are no damage", async () => {
    // all bits of the exponent but the last: the largest numbers there are
    for (const [dtype, value] of [
      ["bf16", 3.3895313892515355e38],
      ["f16", -65_504],
    ] as const) {
      const path = await damaged({ dtype }, embeddings, value);
      const [chunk] = await read(path, embeddings, { dtype: "nf4" });
      expect(chunk?.["values"]?.[37]).toBe(dtype === "bf16" ? 0x7f7f : 0xfbff);
      await rm(path, { recursive: true });
    }
  });
});

it("weights have an identity where the files have one, and another for another quantization", async () => {
  await using checkpoint = await openCheckpoint(tinyChat);
  const identity = (options: WeightOptions, files?: string): string | undefined => {
    const { path, tensors } = checkpoint;
    const plan = planWeights({ path, tensors, linears: new Map() }, options);
    return checkpointWeights(checkpoint, { plan, identity: files }).identity;
  };
  expect(identity({ dtype: "nf4" })).toBeUndefined();
  expect(identity({ dtype: "nf4" }, "files")).toBe(identity({ dtype: "nf4" }, "files"));
  expect(identity({ dtype: "nf4" }, "files")).not.toBe(identity({ dtype: "nf4" }, "others"));
  expect(identity({ dtype: "nf4" }, "files")).not.toBe(identity({ dtype: "int4" }, "files"));
});
