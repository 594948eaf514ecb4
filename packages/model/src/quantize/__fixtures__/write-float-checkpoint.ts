import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toBfloat16Bits, toFloat16Bits } from "@baichuan2/quant";
import { writeSafetensors } from "../../checkpoint/node-safetensors-writer.ts";
import { bytesOf } from "../../checkpoint/quantized/tensor-values.ts";
import { elementCount } from "../../checkpoint/stored-tensor.ts";
import { expectedTensors, readModelConfig } from "../../config.ts";

/** A network whose rows fit blocks of 32 and 64. */
export const smallConfig = {
  architectures: ["BaichuanForCausalLM"],
  model_type: "baichuan",
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  max_position_embeddings: 32,
  vocab_size: 48,
  torch_dtype: "bfloat16",
  a_key_of_another_program: { kept: [1, null] },
};

/** What the checkpoint is to hold. */
export interface FloatCheckpointOptions {
  readonly dtype?: "bf16" | "f16" | "f32";
  readonly config?: Readonly<Record<string, unknown>>;
  /** Tensors to leave out. */
  readonly without?: readonly string[];
  /** Changes the values of a tensor. */
  readonly edit?: (name: string, values: Float32Array<ArrayBuffer>) => void;
}

/** Writes an unquantized checkpoint of waves into a directory to be made. */
export async function writeFloatCheckpoint(
  directory: string,
  { dtype = "bf16", config = smallConfig, without = [], edit }: FloatCheckpointOptions = {},
): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "config.json"), JSON.stringify(config));
  await writeFile(join(directory, "generation_config.json"), '{"max_new_tokens": 5}');
  await writeFile(join(directory, "tokenizer.model"), "not read here");
  const shapes = [...expectedTensors(readModelConfig(config, directory))];
  const tensors = shapes
    .filter(([name]) => !without.includes(name))
    .map(([name, shape]) => ({ name, dtype, shape }));
  const data = tensors.map(({ name, shape }, seed) => {
    const values = waves(elementCount(shape), seed, shape.length === 1);
    edit?.(name, values);
    return { name, chunks: [encoded(values, dtype)] };
  });
  await writeSafetensors(join(directory, "model.safetensors"), tensors, data);
  return directory;
}

/** Weights like a network's: near 1 in norms, small around 0 elsewhere. */
function waves(count: number, seed: number, isNorm: boolean): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const wave = Math.sin(1.3 * i + seed) * Math.cos(0.0173 * i * (seed + 1));
    values[i] = isNorm ? 1 + 0.1 * wave : 0.2 * wave;
  }
  return values;
}

function encoded(
  values: Float32Array<ArrayBuffer>,
  dtype: "bf16" | "f16" | "f32",
): Uint8Array<ArrayBufferLike> {
  if (dtype === "f32") return bytesOf(values);
  return bytesOf(dtype === "bf16" ? toBfloat16Bits(values) : toFloat16Bits(values));
}
