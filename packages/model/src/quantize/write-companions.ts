import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { itemSize } from "../checkpoint/dtype.ts";
import { quantizationConfig } from "../checkpoint/quantized/write-quantization-config.ts";
import { elementCount } from "../checkpoint/stored-tensor.ts";
import { writeWeightIndex } from "../checkpoint/weight-index.ts";
import type { LinearQuantization } from "../network/quantize-linear.ts";
import { readJsonFile } from "../read-json-file.ts";
import type { Shard } from "./shards.ts";
import type { StagingDirectory } from "./staging-directory.ts";
import { declaredTensors } from "./write-shard.ts";

/** Writes the index, the config and everything small that lies beside the weights. */
export async function writeCompanions(
  source: string,
  shards: readonly Shard[],
  quantization: LinearQuantization,
  staging: Pick<StagingDirectory, "writeText" | "copy">,
): Promise<void> {
  for (const name of (await readdir(source)).toSorted())
    if (await isCompanion(source, name)) await staging.copy(join(source, name));
  await staging.writeText("model.safetensors.index.json", indexOf(shards, quantization));
  await staging.writeText("config.json", await configOf(source, quantization));
}

function indexOf(shards: readonly Shard[], quantization: LinearQuantization): string {
  const names = new Map<string, string[]>();
  let totalBytes = 0;
  for (const { file, tensors } of shards) {
    const declared = tensors.flatMap((tensor) => declaredTensors(tensor, quantization));
    names.set(
      file,
      declared.map(({ name }) => name),
    );
    for (const { shape, dtype } of declared) totalBytes += elementCount(shape) * itemSize(dtype);
  }
  return writeWeightIndex(names, totalBytes);
}

/** The source's config, every key of it, and how the weights are quantized now. */
async function configOf(source: string, quantization: LinearQuantization): Promise<string> {
  const config = (await readJsonFile(join(source, "config.json"))) as Record<string, unknown>;
  const { format, ...blocks } = quantization;
  const quantization_config = quantizationConfig(format, blocks);
  return `${JSON.stringify({ ...config, quantization_config }, null, 2)}\n`;
}

/** Weights in any format, and what describes them: all that must not be copied. */
const WEIGHTS = /\.(bin|safetensors|pt|pth|gguf|onnx|h5|msgpack)$|\.index\.json$|^config\.json$/;

/** Tokenizers, settings, licences and code are small; anything larger is not part of a checkpoint. */
const MAX_COMPANION_BYTES = 64 << 20;

async function isCompanion(directory: string, name: string): Promise<boolean> {
  if (WEIGHTS.test(name) || name.startsWith(".")) return false;
  const entry = await stat(join(directory, name)).catch(() => undefined);
  return entry !== undefined && entry.isFile() && entry.size <= MAX_COMPANION_BYTES;
}
