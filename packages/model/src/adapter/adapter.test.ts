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
  last?: number,
): Promise<void> {
  await writeFile(join(folder, "adapter_config.json"), JSON.stringify(config));
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
    if (last !== undefined && name === key("B")) values[values.length - 1] = last;
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

  it("has the rank and alpha of the pattern that matches it, a regular expression", async () => {
    const patterns = {
      rank_pattern: { "layers.[1-9].*": 4, "layers\\.\\d+\\.self_attn.*": 2 },
      alpha_pattern: { "mlp.*": 3, ".*\\.0\\..*_pack": 6 },
    };
    await write({ ...plain, r: 16, ...patterns }, fitting);
    const { linears } = await openAdapter(folder);
    expect(linears.get(linear)).toMatchObject({ rank: 2, scaling: 3 });
  });

  it("may have begun in any way that leaves the base as it is", async () => {
    for (const init of [true, false, null, "gaussian", "eva", "orthogonal"]) {
      await write({ ...plain, init_lora_weights: init }, fitting);
      await expect(openAdapter(folder)).resolves.toMatchObject({ path: folder });
    }
  });
});

describe("what is no plain LoRA is refused", () => {
  it.each([
    [{ peft_type: "IA3" }, "peft_type IA3"],
    [{ use_dora: true }, "use_dora true"],
    [{ bias: "all" }, "bias all"],
    [{ bias: "lora_only" }, "bias lora_only"],
    [{ lora_bias: true }, "lora_bias true"],
    [{ modules_to_save: ["lm_head"] }, 'modules_to_save ["lm_head"]'],
    [{ fan_in_fan_out: true }, "fan_in_fan_out true"],
    [{ layer_replication: [[0, 2]] }, "layer_replication [[0,2]]"],
    [{ alora_invocation_tokens: [5] }, "alora_invocation_tokens [5]"],
    [{ trainable_token_indices: { embed_tokens: [1] } }, "trainable_token_indices"],
    [{ target_parameters: ["weight"] }, "target_parameters"],
    [{ use_qalora: true }, "use_qalora"],
    [{ init_lora_weights: "pissa" }, 'init_lora_weights "pissa", which changes the base'],
    [{ init_lora_weights: "pissa_niter_16" }, "init_lora_weights"],
    [{ init_lora_weights: "OLoRA" }, "init_lora_weights"],
    [{ init_lora_weights: "corda" }, "init_lora_weights"],
    [{ init_lora_weights: "loftq" }, "init_lora_weights"],
    [{ alpha_pattern: { "(W_pack": 3 } }, '"(W_pack" of alpha_pattern in '],
    [{ rank_pattern: { "(.)\\1": 3 } }, "of rank_pattern in "],
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
    [{ ...plain, r: 8 }, fitting, "expected rank 8, as r and rank_pattern of its config say"],
    [{ ...plain, rank_pattern: { W_pack: 4 } }, fitting, "expected rank 4"],
  ] as const)("%j with %j", async (config, shapes, message) => {
    await write(config, shapes);
    await expect(openAdapter(folder)).rejects.toThrow(CheckpointError);
    await expect(openAdapter(folder)).rejects.toThrow(message);
  });

  it.each([NaN, Infinity, -Infinity, 7e4])("%s among its numbers", async (value) => {
    await write(plain, fitting, value);
    const error = await openAdapter(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({
      path: join(folder, "adapter_model.safetensors"),
      tensor: key("B"),
    });
    expect(String(error)).toContain("at index 7");
  });

  it("a folder without its files", async () => {
    await expect(openAdapter(folder)).rejects.toThrow("expected the config of an adapter");
    await writeFile(join(folder, "adapter_config.json"), JSON.stringify(plain));
    await expect(openAdapter(folder)).rejects.toThrow("adapter_model.bin, got neither");
    await writeFile(join(folder, "adapter_config.json"), "{");
    await expect(openAdapter(folder)).rejects.toThrow("expected JSON");
  });
});
