import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expectedTensors, readModelConfig, writeSafetensors } from "@baichuan2/model";
import { initialWeights } from "./initial-weights.ts";
import { configOf, generationConfig, type ModelName } from "./shapes.ts";

/** Where a checkpoint that is not trained yet comes from. */
export interface FirstCheckpointOptions {
  readonly model: ModelName;
  /** Path of a tokenizer.model. */
  readonly tokenizer: string;
  readonly seed: number;
}

/** Writes the checkpoint that the training begins with: config files, tokenizer, random weights in float32. */
export async function writeFirstCheckpoint(
  directory: string,
  { model, tokenizer, seed }: FirstCheckpointOptions,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const write = (name: string, content: unknown): Promise<void> =>
    writeFile(join(directory, name), `${JSON.stringify(content, null, 2)}\n`);
  await write("config.json", configOf(model));
  await write("generation_config.json", generationConfig);
  await copyFile(tokenizer, join(directory, "tokenizer.model"));
  await writeFirstWeights(join(directory, "model.safetensors"), model, seed);
}

async function writeFirstWeights(path: string, model: ModelName, seed: number): Promise<void> {
  const config = readModelConfig(configOf(model), "config.json");
  const weights = initialWeights(config, seed);
  const shapes = [...expectedTensors(config)];
  await writeSafetensors(
    path,
    shapes.map(([name, shape]) => ({ name, dtype: "f32" as const, shape })),
    shapes.map(([name]) => ({ name, chunks: [bytesOf(weights.get(name))] })),
  );
}

/** Little-endian, as all processors are that this runs on. */
function bytesOf(values: Float32Array = new Float32Array()): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
