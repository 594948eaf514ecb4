import { describe, expect, it } from "vitest";
import { parseTrainingArguments, TrainingArgumentError } from "./training-arguments.ts";

const needed = { model_name_or_path: "m", data_path: "d", output_dir: "o" };

describe("training arguments", () => {
  it("are those of the original's README, as text", () => {
    const args = parseTrainingArguments({
      ...needed,
      report_to: "none",
      model_max_length: "512",
      num_train_epochs: "4",
      per_device_train_batch_size: "16",
      gradient_accumulation_steps: "1",
      save_strategy: "epoch",
      learning_rate: "2e-5",
      lr_scheduler_type: "constant",
      adam_beta1: "0.9",
      adam_beta2: "0.98",
      adam_epsilon: "1e-8",
      max_grad_norm: "1.0",
      weight_decay: "1e-4",
      warmup_ratio: "0.0",
      logging_steps: "1",
      gradient_checkpointing: "True",
      deepspeed: "ds_config.json",
      bf16: "True",
      tf32: "True",
      use_lora: "True",
    });
    expect(args).toMatchObject({
      learning_rate: 2e-5,
      adam_beta2: 0.98,
      weight_decay: 1e-4,
      gradient_checkpointing: true,
      bf16: true,
      use_lora: true,
      lora_r: 1,
      lora_alpha: 32,
      lora_dropout: 0.1,
      lora_target_modules: ["W_pack"],
      seed: 42,
    });
  });

  it("may be in kebab-case, flags alone, and lists with commas", () => {
    const args = parseTrainingArguments({
      ...needed,
      "use-lora": "",
      "lora-target-modules": "W_pack, o_proj",
      "gradient-checkpointing": "false",
    });
    expect(args).toMatchObject({
      use_lora: true,
      lora_target_modules: ["W_pack", "o_proj"],
      gradient_checkpointing: false,
    });
  });

  it.each([
    [{ data_path: undefined }, "data_path", "got nothing"],
    [{ learning_rate: "fast" }, "learning_rate", 'got "fast"'],
    [{ lr_scheduler_type: "polynomial" }, "lr_scheduler_type", "constant"],
    [{ learning_rat: 1 }, "learning_rat", "one of model_name_or_path"],
    [{ bf16: "maybe" }, "bf16", 'got "maybe"'],
    [{ evaluation_strategy: "epoch" }, "evaluation_strategy", "eval_split or eval_data_path"],
    [{ early_stopping_patience: 3 }, "early_stopping_patience", "an evaluation_strategy"],
    [{ eval_split: 0.1, eval_data_path: "e" }, "eval_split", "got both"],
  ])("are refused by name: %j", (given, argument, message) => {
    const parse = () => parseTrainingArguments({ ...needed, ...given });
    expect(parse).toThrow(TrainingArgumentError);
    expect(parse).toThrow(expect.objectContaining({ argument }));
    expect(parse).toThrow(message);
  });
});
