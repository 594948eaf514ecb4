/** What is written and loaded computes exactly what the source computes when it is quantized while it loads. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { describeShared, sharedData } from "@baichuan2/tooling/golden";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { openQuantizedLinears } from "../checkpoint/quantized/open-quantized-linears.ts";
import { checkpointWeights } from "../network/checkpoint-weights.ts";
import { Decoder } from "../network/decoder.ts";
import { backends } from "../network/golden-models.ts";
import { planWeights, type WeightOptions } from "../network/weight-plan.ts";
import { writeFloatCheckpoint } from "./__fixtures__/write-float-checkpoint.ts";
import type { FileFormat } from "./plan-quantization.ts";
import { quantizeCheckpoint } from "./quantize-checkpoint.ts";

const pool = createNodeQuantPool({ threads: 1 });
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "round-trip-"));
});
afterAll(async () => {
  await pool.dispose();
  await rm(folder, { recursive: true });
});

async function logitsOf(path: string, options: WeightOptions): Promise<Float32Array> {
  await using checkpoint = await openCheckpoint(path);
  const linears = await openQuantizedLinears(checkpoint);
  const { config, tensors } = checkpoint;
  const plan = planWeights({ path, tensors, linears }, options);
  const weights = checkpointWeights(checkpoint, { plan, linears, pool });
  const backend = await backends["ort-node"]!();
  await using decoder = await Decoder.create(config, backend, weights, plan);
  const sequence = decoder.createSequence();
  const tokenIds = [5, 40, 7, 7, 23, 1];
  const [logits] = await decoder.forward([{ sequence, tokenIds, logits: "all" }]);
  return logits!;
}

let count = 0;

async function expectSame(source: string, format: FileFormat, blockSize?: 32 | 64 | 128) {
  const out = join(folder, `out${count++}`);
  await quantizeCheckpoint(source, out, { format, blockSize, threads: 1 });
  for (const exact of [true, false]) {
    const online = await logitsOf(source, { dtype: format, blockSize, exact });
    expect(online.every(Number.isFinite)).toBe(true);
    // Compared as one: `toEqual` of thousands of numbers is slow, and -0 is not 0 here.
    const stored = await logitsOf(out, { exact });
    const differs = online.findIndex((value, i) => !Object.is(value, stored[i]));
    expect([differs, stored.length], `exact: ${exact}`).toEqual([-1, online.length]);
  }
}

describe("a quantized checkpoint has the logits of its source quantized while it loads", () => {
  const formats = [
    ["nf4", "nf4", undefined],
    ["int8", "int8", undefined],
    ["int4", "int4", undefined],
    ["int4 in blocks of 32", "int4", 32],
  ] as const;

  it.each(formats)("%s, from weights of 16 and 32 bits", async (_, format, blockSize) => {
    for (const dtype of ["bf16", "f16", "f32"] as const) {
      const source = join(folder, `in-${dtype}`);
      await writeFloatCheckpoint(source, { dtype });
      await expectSame(source, format, blockSize);
    }
  });

  // Rows of 176 values: blocks of nf4 cross rows, and int4 has none that fit.
  it.each(["t7-bin-bf16", "t7-bin-views-bf16", "t7-safetensors-sharded-bf16"])(
    "nf4 and int8, from %s",
    async (name) => {
      const path = fileURLToPath(new URL(`../checkpoint/__fixtures__/${name}`, import.meta.url));
      await expectSame(path, "nf4");
      await expectSame(path, "int8");
    },
  );
});

describeShared("a quantized golden model has the logits of its source", "model/models/t7", () => {
  it.each(["t7/bin-fp32", "t7/safetensors-fp16", "t13/bin-sharded-bf16", "t13/safetensors-bf16"])(
    "%s",
    async (name) => {
      const path = sharedData(`model/models/${name}`);
      await expectSame(path, "nf4");
      await expectSame(path, "int8");
      if (name.startsWith("t13")) await expectSame(path, "int4", 32); // rows of 96 and 160
    },
  );
});
