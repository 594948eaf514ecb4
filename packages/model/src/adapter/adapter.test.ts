import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsupportedError } from "@baichuan2/kernels";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { writeSafetensors } from "../checkpoint/node-safetensors-writer.ts";
import { openAdapter } from "./node-open-adapter.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "adapter-"));
});
afterEach(() => rm(folder, { recursive: true }));

const plain = { peft_type: "LORA", r: 2, lora_alpha: 8, target_modules: ["W_pack"] };
const linear = "model.layers.0.self_attn.W_pack";
const key = (side: string): string => `base_model.model.${linear}.lora_${side}.weight`;

async function write(
  config: unknown,
  shapes: Readonly<Record<string, readonly number[]>>,
): Promise<void> {
  await writeFile(join(folder, "adapter_config.json"), JSON.stringify(config));
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
    return { name, shape, values };
  });
  await writeSafetensors(
    join(folder, "adapter_model.safetensors"),
    tensors.map(({ name, shape }) => ({ name, shape, dtype: "f32" })),
    tensors.map(({ name, values }) => ({ name, chunks: [new Uint8Array(values.buffer)] })),
  );
}

const fitting = { [key("A")]: [2, 3], [key("B")]: [4, 2] };

describe("an adapter", () => {
  it("has matrices and factor of each linear", async () => {
    await write({ ...plain, unknown_key: { a: 1 } }, fitting);
    const { config, linears } = await openAdapter(folder);
    expect(config).toMatchObject({ rank: 2, alpha: 8, dropout: 0, useRslora: false });
    expect([...linears.keys()]).toEqual([linear]);
    expect(linears.get(linear)).toMatchObject({ rank: 2, scaling: 4, shape: [4, 3] });
    expect([...(linears.get(linear)?.a ?? [])]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("scales by the root with rsLoRA, and by patterns of its own", async () => {
    await write({ ...plain, use_rslora: true, alpha_pattern: { W_pack: 6 } }, fitting);
    const { linears } = await openAdapter(folder);
    expect(linears.get(linear)?.scaling).toBeCloseTo(6 / Math.SQRT2, 12);
  });
});

describe("what is no plain LoRA is refused", () => {
  it.each([
    [{ peft_type: "IA3" }, "peft_type IA3"],
    [{ use_dora: true }, "DoRA"],
    [{ bias: "all" }, "bias all"],
    [{ modules_to_save: ["lm_head"] }, "modules_to_save"],
    [{ fan_in_fan_out: true }, "fan_in_fan_out"],
  ])("%j", async (more, what) => {
    await write({ ...plain, ...more }, fitting);
    await expect(openAdapter(folder)).rejects.toThrow(UnsupportedError);
    await expect(openAdapter(folder)).rejects.toThrow(what);
  });
});

describe("a damaged adapter names what is wrong", () => {
  it.each([
    [{ ...plain, r: 0 }, fitting, "r: "],
    [plain, { [key("A")]: [2, 3] }, "got [2, 3] and none"],
    [plain, { [key("A")]: [2, 3], [key("B")]: [4, 3] }, "got [2, 3] and [4, 3]"],
    [plain, { "lm_head.weight": [2, 3] }, "expected only lora_A and lora_B"],
    [plain, {}, "got no tensor"],
  ] as const)("%j with %j", async (config, shapes, message) => {
    await write(config, shapes);
    await expect(openAdapter(folder)).rejects.toThrow(CheckpointError);
    await expect(openAdapter(folder)).rejects.toThrow(message);
  });

  it("a folder without its files", async () => {
    await expect(openAdapter(folder)).rejects.toThrow("expected the config of an adapter");
    await writeFile(join(folder, "adapter_config.json"), JSON.stringify(plain));
    await expect(openAdapter(folder)).rejects.toThrow("adapter_model.bin, got neither");
    await writeFile(join(folder, "adapter_config.json"), "{");
    await expect(openAdapter(folder)).rejects.toThrow("expected JSON");
  });
});
