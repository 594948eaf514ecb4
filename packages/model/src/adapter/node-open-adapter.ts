import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReadOptions } from "../checkpoint/byte-source.ts";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { OVERFLOW, refuseNotFinite } from "../checkpoint/quantized/refuse-not-finite.ts";
import { readTensorFile } from "../checkpoint/node-read-tensors.ts";
import { readAdapterConfig, type AdapterConfig } from "./adapter-config.ts";
import { assembleAdapter, type Adapter } from "./adapter.ts";

/** What PEFT writes, the newer name first. */
const FILES = ["adapter_model.safetensors", "adapter_model.bin"] as const;

/**
 * Reads a LoRA adapter as PEFT saves it: adapter_config.json, and adapter_model.safetensors or adapter_model.bin.
 *
 * @throws {CheckpointError} if a file is missing or damaged, or has numbers that are not finite or too large
 * (`loadedAdapter`).
 * @throws {UnsupportedError} for what is not plain LoRA.
 */
export async function openAdapter(directory: string, options: ReadOptions = {}): Promise<Adapter> {
  const { config, weights } = await openAdapterConfig(directory);
  const matrices = await readTensorFile(weights, options);
  for (const [name, { values }] of matrices)
    refuseNotFinite({ name, file: weights }, values, { below: OVERFLOW.f16 });
  return assembleAdapter(directory, config, matrices);
}

/**
 * Reads the config of an adapter and finds the file of its matrices.
 *
 * @throws {CheckpointError | UnsupportedError} as `openAdapter`.
 */
export async function openAdapterConfig(
  directory: string,
): Promise<{ readonly config: AdapterConfig; readonly weights: string }> {
  const config = readAdapterConfig(await readJson(directory), join(directory, CONFIG));
  const names = await readdir(directory);
  const name = FILES.find((file) => names.includes(file));
  if (!name)
    throw new CheckpointError(directory, `expected ${FILES.join(" or ")}, got neither of them`);
  return { config, weights: join(directory, name) };
}

const CONFIG = "adapter_config.json";

async function readJson(directory: string): Promise<unknown> {
  const path = join(directory, CONFIG);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new CheckpointError(path, `expected the config of an adapter, got ${String(cause)}`, {
      cause,
    });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(path, "expected JSON, got something else", { cause });
  }
}
