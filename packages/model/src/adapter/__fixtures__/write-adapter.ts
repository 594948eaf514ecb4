import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "../../checkpoint/node-safetensors-writer.ts";
import { expectedTensors, type ModelConfig } from "../../config.ts";

/** What a made-up adapter is like. */
export interface AdapterRecipe {
  readonly rank: number;
  /** Names of linears, as PEFT has them; default `W_pack`. */
  readonly targets?: readonly string[];
  /** Layers that have it; default all. */
  readonly layers?: readonly number[];
  /** Other ranks by linear and layer, such as `0.self_attn.W_pack`. */
  readonly ranks?: Readonly<Record<string, number>>;
  readonly seed?: number;
}

/**
 * Writes an adapter of waves as PEFT would, strong enough to change what a model says.
 *
 * @param config - Shape of its model.
 */
export async function writeAdapter(
  directory: string,
  config: ModelConfig,
  recipe: AdapterRecipe,
): Promise<string> {
  const { rank, targets = ["W_pack"], layers, ranks = {}, seed = 1 } = recipe;
  const tensors = [...expectedTensors(config)].flatMap(([weight, [O = 0, C = 0]]) => {
    const name = weight.replace(/\.weight$/, "");
    const [, layer = "", linear = ""] = /^model\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (!targets.some((target) => linear.endsWith(`.${target}`))) return [];
    if (layers && !layers.includes(Number(layer))) return [];
    const r = ranks[`${layer}.${linear}`] ?? rank;
    return [matrix(name, "A", [r, C], seed), matrix(name, "B", [O, r], seed + 1)];
  });
  await mkdir(directory, { recursive: true });
  await writeSafetensors(
    join(directory, "adapter_model.safetensors"),
    tensors.map(({ name, shape }) => ({ name, shape, dtype: "f32" })),
    tensors.map(({ name, values }) => ({ name, chunks: [new Uint8Array(values.buffer)] })),
  );
  const json = {
    peft_type: "LORA",
    r: rank,
    lora_alpha: 2 * rank,
    target_modules: targets,
    rank_pattern: ranks,
  };
  await writeFile(join(directory, "adapter_config.json"), JSON.stringify(json));
  return directory;
}

function matrix(
  linear: string,
  side: "A" | "B",
  shape: readonly [number, number],
  seed: number,
): {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
} {
  const phase = [...linear].reduce((sum, letter) => sum + letter.charCodeAt(0), seed);
  const values = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => {
    return 0.3 * Math.sin(phase + (1 + seed) * 1.7 * i);
  });
  return { name: `base_model.model.${linear}.lora_${side}.weight`, shape, values };
}
