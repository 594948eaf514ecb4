import { join } from "node:path";
import { itemSize } from "../checkpoint/dtype.ts";
import { companionNames } from "../checkpoint/node-companions.ts";
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
  for (const name of await companionNames(source))
    if (name !== "config.json") await staging.copy(join(source, name));
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
