import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expectedTensors, writeSafetensors, type ModelConfig } from "@baichuan2/model";

/**
 * Writes an adapter of rank 2 on W_pack as PEFT would, strong enough to change what a model says.
 *
 * @param seed - Another one says something else.
 */
export async function writeAdapter(directory: string, config: ModelConfig, seed: number): Promise<string> {
  const matrices = [...expectedTensors(config)].flatMap(([weight, [O = 0, C = 0]]) => {
    if (!weight.endsWith(".W_pack.weight")) return [];
    const linear = `base_model.model.${weight.replace(/\.weight$/, "")}`;
    return [
      { name: `${linear}.lora_A.weight`, shape: [2, C] },
      { name: `${linear}.lora_B.weight`, shape: [O, 2] },
    ];
  });
  await mkdir(directory, { recursive: true });
  await writeSafetensors(
    join(directory, "adapter_model.safetensors"),
    matrices.map((matrix) => ({ ...matrix, dtype: "f32" })),
    matrices.map(({ name, shape: [rows = 0, columns = 0] }) => ({
      name,
      chunks: [new Uint8Array(waves(rows * columns, seed + name.length).buffer)],
    })),
  );
  const json = { peft_type: "LORA", r: 2, lora_alpha: 8, target_modules: ["W_pack"] };
  await writeFile(join(directory, "adapter_config.json"), JSON.stringify(json));
  return directory;
}

function waves(length: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => 0.4 * Math.sin(seed + (1 + seed) * 1.7 * i));
}
