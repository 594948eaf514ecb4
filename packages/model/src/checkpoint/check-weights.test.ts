import { describe, expect, it } from "vitest";
import { expectedTensors, readModelConfig } from "../config.ts";
import { checkWeights } from "./check-weights.ts";
import type { StateValue, TensorDtype, TensorInfo } from "./checkpoint.ts";

const file = {
  model_type: "baichuan",
  hidden_size: 8,
  intermediate_size: 12,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  vocab_size: 16,
};
const config = readModelConfig(file, "config.json");

function info(
  name: string,
  shape: readonly number[],
  dtype: TensorDtype = "bf16",
): [string, TensorInfo] {
  return [name, { name, dtype, shape, sizeBytes: 0, file: "m/pytorch_model.bin" }];
}

const good = () => new Map([...expectedTensors(config)].map(([name, shape]) => info(name, shape)));
const check =
  (tensors: Map<string, TensorInfo>, objects: Map<string, StateValue> = new Map()) =>
  () =>
    checkWeights({ path: "m", config, tensors, objects });

describe("checkWeights", () => {
  it("accepts the tensors of the network in any of the three float dtypes", () => {
    const dtypes = ["bf16", "f16", "f32"] as const;
    const tensors = new Map(
      [...good().values()].map(({ name, shape }, i) => info(name, shape, dtypes[i % 3])),
    );
    expect(check(tensors)).not.toThrow();
  });

  it("tolerates buffers that old files hold", () => {
    const tensors = new Map([
      ...good(),
      info("model.layers.0.self_attn.rotary_emb.inv_freq", [2], "f32"),
    ]);
    expect(check(tensors, new Map([["decoder.version", 3]]))).not.toThrow();
  });

  it("lists everything missing, extra and wrong at once, with files and tensors", () => {
    const tensors = good();
    tensors.delete("model.norm.weight");
    tensors.delete("lm_head.weight");
    tensors.set(...info("model.layers.0.self_attn.W_pack.weight", [8, 24]));
    tensors.set(...info("model.layers.0.self_attn.o_proj.weight", [64]));
    tensors.set(...info("model.embed_tokens.weight", [16, 8], "i8"));
    tensors.set(...info("model.layers.1.mlp.up_proj.weight", [12, 8]));
    expect(check(tensors, new Map([["notes", "x"]]))).toThrow(
      expect.objectContaining({
        name: "CheckpointError",
        code: "ERR_CHECKPOINT",
        path: "m",
        problems: [
          'tensor "model.embed_tokens.weight" in m/pytorch_model.bin: expected dtype bf16, f16 or f32, got i8',
          'tensor "model.layers.0.self_attn.W_pack.weight" in m/pytorch_model.bin: expected shape [24, 8], got [8, 24]',
          'tensor "model.layers.0.self_attn.o_proj.weight" in m/pytorch_model.bin: expected shape [8, 8], got [64]',
          'tensor "model.norm.weight" [8] is missing',
          'tensor "lm_head.weight" [16, 8] is missing',
          'tensor "model.layers.1.mlp.up_proj.weight" [12, 8] in m/pytorch_model.bin does not belong to the network',
          '"notes" is not a tensor and does not belong to the network',
        ],
      }),
    );
  });

  it("shortens a long list in the message and keeps it whole in the field", () => {
    const error = (() => {
      const many = new Map([
        ...good(),
        ...Array.from({ length: 50 }, (_, i) => info(`x${i}`, [1])),
      ]);
      try {
        check(many)();
      } catch (caught) {
        return caught as Error & { problems: string[] };
      }
      throw new Error("expected an error");
    })();
    expect(error.problems).toHaveLength(50);
    expect(error.message.split("\n")).toHaveLength(22);
    expect(error.message).toContain("and 30 more");
  });
});
