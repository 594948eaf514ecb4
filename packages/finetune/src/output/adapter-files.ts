import { join } from "node:path";
import { writeSafetensors, writeWhole, type AdapterConfig } from "@baichuan2/model";
import { declare, tensorChunks, type NamedValues } from "./weight-tensors.ts";

/**
 * adapter_config.json as PEFT writes it; the keys that PEFT 0.5 knew, and `use_rslora` where it is on. Readers ignore what they
 * do not know, and take defaults for what is missing.
 *
 * @see https://huggingface.co/docs/peft/package_reference/lora
 */
export function adapterConfigJson(config: AdapterConfig): string {
  const json = {
    auto_mapping: null,
    base_model_name_or_path: config.baseModel ?? null,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    modules_to_save: null,
    peft_type: "LORA",
    r: config.rank,
    revision: null,
    target_modules: config.targetModules,
    task_type: "CAUSAL_LM",
    ...(config.useRslora ? { use_rslora: true } : {}),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * Writes an adapter as PEFT saves it: adapter_config.json and adapter_model.safetensors in float32.
 *
 * @param matrices - A and B by key, without PEFT's prefix.
 */
export async function writeAdapter(
  directory: string,
  config: AdapterConfig,
  matrices: readonly NamedValues[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const named = matrices.map((matrix) => ({ ...matrix, name: `base_model.model.${matrix.name}` }));
  await writeSafetensors(
    join(directory, "adapter_model.safetensors"),
    named.map((matrix) => declare(matrix, "f32")),
    named.map(({ name, values }) => ({ name, chunks: tensorChunks(values, "f32") })),
    { signal },
  );
  await writeWhole(join(directory, "adapter_config.json"), (handle) =>
    handle.writeFile(adapterConfigJson(config)),
  );
}
