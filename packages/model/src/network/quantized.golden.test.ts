import { createNodeQuantPool } from "@baichuan2/quant/node";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { afterAll, expect, it } from "vitest";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { openQuantizedLinears } from "../checkpoint/quantized/open-quantized-linears.ts";
import { checkpointWeights } from "./checkpoint-weights.ts";
import { Decoder } from "./decoder.ts";
import { backends } from "./golden-models.ts";
import { planWeights, type WeightOptions } from "./weight-plan.ts";

/** float32 against PyTorch's float32, as for unquantized models (data/model/README.md). */
const EXACT = 1e-4;

/** Whole-model LLM.int8() flips roundings on differences of 1e-6: only its rms means something (same place). */
const LLM_INT8_RMS = 0.15;

/** NF4 as int8 blocks with int8 activations: 0.09 was seen for logits of ±12. */
const INT8_BLOCKS_RMS = 0.15;

/** int8 activations alone, weights being the same: 0.006 of a linear's output, here of logits of ±12. */
const INT4_RMS = 0.1;

/** A head of 8 bits: 0.02 was seen for logits of ±12. */
const INT8_HEAD_RMS = 0.04;

/** A head of 4 bits in blocks of 32: 0.17 and 0.22 were seen for logits of ±7 and ±12. */
const INT4_HEAD_RMS = 0.35;

const pool = createNodeQuantPool({ threads: 1 });
afterAll(() => pool.dispose());

const golden = () => readGolden(sharedData("model/quant/models.manifest.json"));

async function logitsOf(
  folder: string,
  options: WeightOptions,
  backend: keyof typeof backends = "ort-node",
): Promise<Float32Array> {
  const path = sharedData(`model/models/${folder}`);
  await using checkpoint = await openCheckpoint(path);
  const linears = await openQuantizedLinears(checkpoint);
  const { config, tensors } = checkpoint;
  const plan = planWeights({ path, tensors, linears }, options);
  const weights = checkpointWeights(checkpoint, { plan, linears, pool });
  await using decoder = await Decoder.create(config, await backends[backend]!(), weights, plan);
  const ids = golden().ints(folder.startsWith("t13") ? "t13.ids" : "t7.ids");
  const tokenIds = Array.from(ids, (id) => id % config.vocabSize);
  const sequence = decoder.createSequence();
  const [logits] = await decoder.forward([{ sequence, tokenIds, logits: "all" }]);
  return logits ?? new Float32Array();
}

function rmsOf(got: Float32Array, want: Float32Array): number {
  const squares = got.map((value, i) => (value - (want[i] ?? NaN)) ** 2);
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / got.length);
}

function errors(got: Float32Array, name: string): { max: number; rms: number } {
  const want = golden().floats(name);
  expect(got.length).toBe(want.length);
  let [max, squares] = [0, 0];
  for (const [i, value] of want.entries()) {
    const error = Math.abs((got[i] ?? NaN) - value);
    max = error <= max ? max : error; // NaN sticks
    squares += error * error;
  }
  return { max, rms: Math.sqrt(squares / want.length) };
}

describeShared("logits of quantized checkpoints", "model/quant", () => {
  it.each(["t7/chat4bits-list", "t7/nf4-safetensors", "t13/chat4bits-list", "t13/nf4-safetensors"])(
    "are met by %s with exact NF4",
    async (folder) => {
      const got = await logitsOf(folder, { exact: true });
      expect(errors(got, `${folder.split("/")[0]}.nf4.logits`).max).toBeLessThan(EXACT);
    },
  );

  it.each(["t7/safetensors-bf16", "t13/safetensors-bf16"])(
    "are met by %s quantized to NF4 while it loads",
    async (folder) => {
      const got = await logitsOf(folder, { dtype: "nf4", exact: true });
      expect(errors(got, `${folder.split("/")[0]}.nf4.logits`).max).toBeLessThan(EXACT);
    },
  );

  it.each(["t7/int8-safetensors", "t7/int8-bin", "t13/int8-safetensors"])(
    "are met by %s with exact int8 weights",
    async (folder) => {
      const got = await logitsOf(folder, { exact: true });
      expect(errors(got, `${folder.split("/")[0]}.int8.weight_only.logits`).max).toBeLessThan(
        EXACT,
      );
    },
  );

  it.each(["t7/int8-safetensors", "t7/int8-bin", "t13/int8-safetensors"])(
    "are met by %s with LLM.int8() as far as roundings allow",
    async (folder) => {
      const name = `${folder.split("/")[0]}.int8.llm_int8.logits`;
      for (const backend of ["reference", "ort-node"] as const) {
        const error = errors(await logitsOf(folder, {}, backend), name);
        expect(error.rms, backend).toBeLessThan(LLM_INT8_RMS);
      }
    },
  );

  it.each(["t7/nf4-safetensors", "t13/nf4-safetensors"])(
    "are near for %s by default",
    async (folder) => {
      const got = await logitsOf(folder, {});
      expect(errors(got, `${folder.split("/")[0]}.nf4.logits`).rms).toBeLessThan(INT8_BLOCKS_RMS);
    },
  );

  it.each([32, 64] as const)(
    "int4 in blocks of %i computes with the weights it stands for",
    async (blockSize) => {
      const model = blockSize === 32 ? "t13/safetensors-bf16" : "hd7/safetensors-bf16";
      const options = { dtype: "int4", blockSize } as const;
      const exact = await logitsOf(model, { ...options, exact: true });
      const got = await logitsOf(model, options);
      expect(rmsOf(got, exact)).toBeLessThan(INT4_RMS);
    },
  );

  it.each([
    [8, INT8_HEAD_RMS],
    [4, INT4_HEAD_RMS],
  ] as const)("a head of %i bits stays near that of 16", async (quantizeHead, bound) => {
    for (const model of ["hd7/safetensors-bf16", "t13/safetensors-bf16"]) {
      const options = { dtype: "int4", blockSize: 32 } as const;
      const plain = await logitsOf(model, options);
      const got = await logitsOf(model, { ...options, quantizeHead });
      expect(rmsOf(got, plain)).toBeLessThan(bound);
    }
  });
});
