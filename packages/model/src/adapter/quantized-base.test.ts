import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModelConfig } from "../config.ts";
import { loadModel, type LoadModelOptions } from "../load-model.ts";
import {
  smallConfig,
  writeFloatCheckpoint,
} from "../quantize/__fixtures__/write-float-checkpoint.ts";
import { writeAdapter } from "./__fixtures__/write-adapter.ts";

/** Sizes that int4's blocks of 64 fit. */
const config = { ...smallConfig, hidden_size: 128, intermediate_size: 256, vocab_size: 128 };
const ids = [1, 40, 7, 93, 21];
const linears = ["W_pack", "o_proj", "gate_proj", "up_proj", "down_proj"];

let directory = "";
let base = "";
let adapter = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "quantized-base-"));
  base = await writeFloatCheckpoint(join(directory, "base"), { config });
  await rm(join(base, "tokenizer.model")); // ids only
  const recipe = { rank: 4, targets: linears };
  adapter = await writeAdapter(join(directory, "adapter"), readModelConfig(config, base), recipe);
});
afterAll(() => rm(directory, { recursive: true }));

async function load(
  options: LoadModelOptions,
): Promise<{ readonly tuned: Float32Array; readonly plain: Float32Array }> {
  await using model = await loadModel(base, { ...options, adapter });
  const tuned = (await model.logits(ids)).data;
  return { tuned, plain: (await model.logits(ids, { adapter: null })).data };
}

const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0) / a.length);

describe("an adapter of all linears on quantized weights", () => {
  it.each(["int8", "nf4", "int4"] as const)(
    "moves the logits of %s as those of float32, also from packed weights",
    async (dtype) => {
      const exact = await load({});
      const packedCacheDir = join(directory, `packed-${dtype}`);
      const quantized = await load({ dtype, packedCacheDir });
      // What quantization costs is less than half of what the adapter does.
      const effect = distance(exact.tuned, exact.plain);
      expect(distance(quantized.tuned, exact.tuned)).toBeLessThan(effect / 2);
      expect(distance(quantized.tuned, exact.plain)).toBeGreaterThan(effect / 2);
      expect(await load({ dtype, packedCacheDir })).toEqual(quantized);
    },
  );
});
