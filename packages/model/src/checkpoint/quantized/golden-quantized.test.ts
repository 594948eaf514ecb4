import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeFourBit, llmInt8Matmul } from "@baichuan2/quant";
import { describeShared, readGolden, sharedData } from "@baichuan2/tooling/golden";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkWeights } from "../check-weights.ts";
import { openCheckpoint } from "../node-open-checkpoint.ts";
import { writeSafetensors } from "../node-safetensors-writer.ts";
import { bitsandbytesTensors, declareBitsandbytes } from "./bitsandbytes-tensors.ts";
import { int8Tensors } from "./int8-tensors.ts";
import { openQuantizedLinears } from "./open-quantized-linears.ts";
import { quantizationOf } from "./quantization-of.ts";
import type { StoredFourBit, StoredInt8 } from "./stored-linear.ts";
import { quantizationConfig } from "./write-quantization-config.ts";

const fixture = fileURLToPath(new URL("../__fixtures__/t7-chat4bits-list", import.meta.url));
const W_PACK = "model.layers.0.self_attn.W_pack.weight";
const models = sharedData("model/models");

/** The int8 part is exact; products with outlier columns are summed in another order. Results reach 11; 9.6e-7 was seen. */
const OUTLIER_SUM_TOLERANCE = 1e-5;

/** Bit by bit; `toEqual` takes seconds for arrays of this size. */
function isSame(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = (view: ArrayBufferView) =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return bytes(a).equals(bytes(b));
}

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quantized-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("the published 4-bit layout", () => {
  it("is told apart and opens as 15 linears with restored absmax", async () => {
    await using checkpoint = await openCheckpoint(fixture);
    checkWeights(checkpoint);
    expect(quantizationOf(checkpoint)).toEqual({
      format: "nf4",
      layout: "bitsandbytes-list",
      floatLinears: [],
    });
    const linears = await openQuantizedLinears(checkpoint);
    expect(linears.size).toBe(15);
    const linear = linears.get(W_PACK) as StoredFourBit;
    expect(linear).toMatchObject({ shape: [192, 64], blockSize: 64, nested: true, dtype: "f16" });
    expect([linear.codebook[0], linear.codebook[7], linear.codebook[15]]).toEqual([-1, 0, 1]);
    const absmax = await linear.readAbsmax();
    expect(absmax).toHaveLength(192);
    const { codes, offset, nestedAbsmax, map } = (await linear.readNestedAbsmax!())!;
    // map[code] · nested absmax + offset, by hand, in float64
    const worst = absmax.map((value, i) =>
      Math.abs(value - (map[codes[i]!]! * nestedAbsmax[0]! + offset)),
    );
    expect(Math.max(...worst)).toBeLessThan(1e-7);
    expect(absmax.every((value) => value > 0)).toBe(true);
  });

  it("names tensor and file where the file ends within a quantized part", async () => {
    const directory = await rewriteFlat(fixture, false);
    const path = join(directory, "model.safetensors");
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, -1));
    const last = "model.layers.2.self_attn.o_proj.weight.quant_state.bitsandbytes__nf4";
    await expect(openCheckpoint(directory)).rejects.toThrow(`${path}: tensor "${last}"`);
  });

  it("becomes the flat layout and is read again with the same bytes", async () => {
    await using list = await openCheckpoint(fixture);
    const originals = await openQuantizedLinears(list);
    const flat = await rewriteFlat(fixture, true);
    await using written = await openCheckpoint(flat);
    checkWeights(written);
    expect(quantizationOf(written)).toMatchObject({ format: "nf4", layout: "bitsandbytes-flat" });
    for (const [name, linear] of await openQuantizedLinears(written)) {
      const original = originals.get(name) as StoredFourBit;
      const again = linear as StoredFourBit;
      expect(isSame(await again.readPacked(), await original.readPacked()), name).toBe(true);
      expect(isSame(await again.readAbsmax(), await original.readAbsmax()), name).toBe(true);
      expect(again).toMatchObject({ blockSize: 64, dtype: "f16", nested: true });
    }
  });
});

/** The checkpoint in the flat layout, in `folder`; with `padded`, as a stream writes it. */
async function rewriteFlat(directory: string, padded: boolean): Promise<string> {
  await using checkpoint = await openCheckpoint(directory);
  const linears = await openQuantizedLinears(checkpoint);
  const floats = [...checkpoint.tensors.values()].filter(({ dtype }) => /f16|f32/.test(dtype));
  const plain = floats.filter(({ name }) => /norm\.weight|layernorm|embed|lm_head/.test(name));
  const tensors = [];
  const declared = [];
  for (const [name, linear] of linears) {
    const stored = linear as StoredFourBit;
    const { shape, blockSize, codebook } = stored;
    const options = { shape, quantType: stored.format, blockSize, dtype: "float16" } as const;
    const absmax = (await stored.readNestedAbsmax!())!;
    const encoded = { packed: await stored.readPacked(), absmax, codebook };
    tensors.push(...bitsandbytesTensors(name, encoded, { ...options, padded }));
    declared.push(...declareBitsandbytes(name, options));
  }
  for (const { name, dtype, shape } of plain) {
    tensors.push({ name, dtype, shape, bytes: await checkpoint.readBytes(name) });
    declared.push({ name, dtype, shape });
  }
  const data = tensors.map(({ name, bytes }) => ({ name, chunks: [bytes] }));
  await writeSafetensors(join(folder, "model.safetensors"), padded ? declared : tensors, data);
  const config = JSON.parse(await readFile(join(directory, "config.json"), "utf8"));
  config.quantization_config = quantizationConfig("nf4");
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return folder;
}

describeShared("golden quantized checkpoints", "model/models", () => {
  it.each(["t7", "t13"])("list and flat layout of %s give the same linears", async (model) => {
    await using list = await openCheckpoint(join(models, model, "chat4bits-list"));
    await using flat = await openCheckpoint(join(models, model, "nf4-safetensors"));
    for (const checkpoint of [list, flat]) checkWeights(checkpoint);
    expect(quantizationOf(flat)).toMatchObject({ format: "nf4", layout: "bitsandbytes-flat" });
    const flats = await openQuantizedLinears(flat);
    const lists = await openQuantizedLinears(list);
    expect([...flats.keys()]).toEqual([...lists.keys()]);
    for (const [name, linear] of lists) {
      const one = linear as StoredFourBit;
      const other = flats.get(name) as StoredFourBit;
      expect(other).toMatchObject({ shape: one.shape, dtype: one.dtype, blockSize: 64 });
      expect(isSame(await one.readPacked(), await other.readPacked()), name).toBe(true);
      expect(isSame(await one.readAbsmax(), await other.readAbsmax()), name).toBe(true);
      expect(isSame(one.codebook, other.codebook), name).toBe(true);
    }
  });

  it.each(["t7", "t13"])("W_pack of %s dequantizes to bitsandbytes' values", async (model) => {
    const golden = readGolden(sharedData("model/quant/models.manifest.json"));
    await using checkpoint = await openCheckpoint(join(models, model, "chat4bits-list"));
    const linear = (await openQuantizedLinears(checkpoint)).get(W_PACK) as StoredFourBit;
    const values = decodeFourBit(
      { packed: await linear.readPacked(), absmax: await linear.readAbsmax() },
      {
        count: linear.shape[0] * linear.shape[1],
        roundTo: linear.dtype,
        codebook: linear.codebook,
      },
    );
    const expected = golden.floats(`${model}.nf4.layer0_W_pack_dequant_fp16`);
    expect(expected).toHaveLength(linear.shape[0] * linear.shape[1]);
    expect(isSame(values, Float32Array.from(expected))).toBe(true);
  });

  it("the int8 linears of pickle and safetensors are equal, and give the recorded product", async () => {
    const golden = readGolden(sharedData("model/quant/models.manifest.json"));
    await using pickle = await openCheckpoint(join(models, "t7/int8-bin"));
    await using flat = await openCheckpoint(join(models, "t7/int8-safetensors"));
    for (const checkpoint of [pickle, flat]) {
      checkWeights(checkpoint);
      expect(quantizationOf(checkpoint)).toEqual({
        format: "int8",
        layout: "llm-int8",
        floatLinears: [],
      });
    }
    const flats = await openQuantizedLinears(flat);
    for (const [name, linear] of await openQuantizedLinears(pickle)) {
      const one = linear as StoredInt8;
      const other = flats.get(name) as StoredInt8;
      expect(isSame(await one.readCB(), await other.readCB()), name).toBe(true);
      expect(isSame(await one.readSCB(), await other.readSCB()), name).toBe(true);
    }
    const recorded = golden.names.filter((name) => /^t7\.int8\..*\.y$/.test(name));
    expect(recorded).toHaveLength(10);
    for (const key of recorded) {
      const linear = key.replace(/^t7\.int8\.(.*)\.y$/, "$1.weight");
      const stored = flats.get(linear) as StoredInt8;
      const x = Float32Array.from(golden.floats(key.replace(/y$/, "x")));
      const codes = { CB: await stored.readCB(), SCB: await stored.readSCB() };
      const y = llmInt8Matmul(x, codes, { cols: stored.shape[1], threshold: 6, dtype: "f32" });
      const expected = golden.floats(key);
      const worst = y.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0);
      expect(worst, key).toBeLessThan(OUTLIER_SUM_TOLERANCE);
    }
  });

  it("t13's int8 linears open too", async () => {
    await using checkpoint = await openCheckpoint(join(models, "t13/int8-safetensors"));
    const linears = await openQuantizedLinears(checkpoint);
    expect(linears.size).toBe(15);
    for (const linear of linears.values()) await (linear as StoredInt8).readSCB();
  });

  it("t7's list layout written flat has the bytes of the golden file", async () => {
    const directory = await rewriteFlat(join(models, "t7/chat4bits-list"), false);
    const written = await readFile(join(directory, "model.safetensors"));
    const golden = await readFile(join(models, "t7/nf4-safetensors/model.safetensors"));
    expect(written.equals(golden)).toBe(true);
  });

  it("t7's int8 pickle written as safetensors has the bytes of the golden file", async () => {
    await using checkpoint = await openCheckpoint(join(models, "t7/int8-bin"));
    const tensors = [];
    const linears = await openQuantizedLinears(checkpoint);
    for (const [name, linear] of linears) {
      const stored = linear as StoredInt8;
      const encoded = { CB: await stored.readCB(), SCB: await stored.readSCB() };
      tensors.push(...int8Tensors(name, encoded, stored.shape));
    }
    for (const { name, dtype, shape } of checkpoint.tensors.values())
      if (!linears.has(name) && !name.endsWith(".SCB"))
        tensors.push({ name, dtype, shape, bytes: await checkpoint.readBytes(name) });
    const data = tensors.map(({ name, bytes }) => ({ name, chunks: [bytes] }));
    await writeSafetensors(join(folder, "model.safetensors"), tensors, data);
    const golden = await readFile(join(models, "t7/int8-safetensors/model.safetensors"));
    expect((await readFile(join(folder, "model.safetensors"))).equals(golden)).toBe(true);
  });

  it.each([
    ["nf4-safetensors", "nf4"],
    ["int8-safetensors", "int8"],
  ] as const)("the quantization_config of t7/%s is the golden one", async (name, format) => {
    const config = JSON.parse(await readFile(join(models, "t7", name, "config.json"), "utf8"));
    const golden = Object.entries(config.quantization_config);
    const publicKeys = golden.filter(([key]) => !key.startsWith("_"));
    expect(quantizationConfig(format)).toEqual(Object.fromEntries(publicKeys));
  });
});
