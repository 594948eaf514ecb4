import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readDeepSpeedConfig } from "./deepspeed-config.ts";
import { parseTrainingArguments } from "./training-arguments.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepspeed-"));
});
afterAll(() => rm(folder, { recursive: true }));

const args = parseTrainingArguments({
  model_name_or_path: "m",
  data_path: "d",
  output_dir: "o",
  per_device_train_batch_size: 16,
  gradient_accumulation_steps: 2,
  bf16: "True",
});

/** The values of the original's ds_config.json. */
const original = {
  train_batch_size: "auto",
  train_micro_batch_size_per_gpu: "auto",
  gradient_accumulation_steps: "auto",
  gradient_clipping: 1.0,
  bf16: { enabled: "auto" },
  zero_optimization: {
    stage: 3,
    overlap_comm: true,
    stage3_gather_16bit_weights_on_model_save: true,
  },
  flops_profiler: { enabled: false, profile_step: 1, module_depth: -1, top_modules: 1 },
};

async function read(config: unknown, processes?: number) {
  const path = join(folder, "ds_config.json");
  await writeFile(path, JSON.stringify(config));
  return readDeepSpeedConfig(path, args, processes);
}

it("the original's configuration fits its command line", async () => {
  expect(await read(original)).toEqual({ zeroStage: 3 });
});

it("an optimizer may repeat the arguments, too", async () => {
  const params = { lr: "auto", betas: "auto", eps: 1e-8, weight_decay: 0 };
  const optimizer = { type: "AdamW", params };
  expect(await read({ ...original, optimizer })).toEqual({ zeroStage: 3 });
});

it("numbers may repeat the arguments", async () => {
  const sizes = { train_micro_batch_size_per_gpu: 16, train_batch_size: 16 * 2 * 4 };
  expect(await read({ ...original, ...sizes }, 4)).toEqual({ zeroStage: 3 });
});

it.each([
  [{ gradient_clipping: 0.5 }, "max_grad_norm: expected 0.5, as gradient_clipping"],
  [{ bf16: { enabled: false } }, "bf16: expected false, as bf16.enabled"],
  [{ train_batch_size: 16 }, "per_device_train_batch_size: expected 16, as train_batch_size"],
  [{ fp16: { enabled: true } }, "deepspeed: expected no fp16"],
  [{ optimizer: { type: "Lamb" } }, "deepspeed: expected AdamW"],
  [{ scheduler: { type: "WarmupLR" } }, "deepspeed: expected no scheduler"],
  [
    { optimizer: { type: "AdamW", params: { lr: 0.5 } } },
    "learning_rate: expected 0.5, as optimizer.params.lr",
  ],
  [{ optimizer: { type: "AdamW", params: { betas: [0.9, 0.95] } } }, "adam_beta2: expected 0.95"],
  [{ zero_optimization: { stage: 4 } }, "for zero_optimization.stage, got"],
])("what contradicts the run is refused: %j", async (more, message) => {
  await expect(read({ ...original, ...more })).rejects.toThrow(message);
});

it("a file that is missing is named", async () => {
  const path = join(folder, "none.json");
  await expect(readDeepSpeedConfig(path, args)).rejects.toThrow(
    `${path}: expected a configuration of DeepSpeed, got no file`,
  );
});
