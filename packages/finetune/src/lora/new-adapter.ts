import { UnsupportedError } from "@baichuan2/kernels";
import { expectedTensors, philox4x32, type ModelConfig } from "@baichuan2/model";
import { LAYER_LINEARS } from "../network/trained-parameters.ts";
import type { LoraTarget } from "../network/lora-target.ts";
import { layerKey } from "../network/parameters.ts";
import type { TrainedAdapter } from "./adapter-parameters.ts";

/** What a new adapter is to be. */
export interface NewAdapterOptions {
  readonly rank: number;
  readonly alpha: number;
  readonly useRslora: boolean;
  readonly dropout: number;
  /** Names of linears, as PEFT's `target_modules`: `W_pack`, or the ends of longer names. */
  readonly targetModules: readonly string[];
  readonly seed: number;
}

/** Tells initial weights from what else a seed is used for. */
const INITIAL_STREAM = 0x6c6f7261;

/**
 * An adapter before its first step, as PEFT begins: A uniform in ±1/√C (kaiming_uniform with a = √5), B zero, so that the
 * model is as it was.
 *
 * @throws {UnsupportedError} for a name that no linear of a layer has.
 */
export function newAdapter(
  config: ModelConfig,
  { rank, alpha, useRslora, dropout, targetModules, seed }: NewAdapterOptions,
): TrainedAdapter {
  const scaling = alpha / (useRslora ? Math.sqrt(rank) : rank);
  const targets = new Map<string, LoraTarget>();
  for (const linear of targetModules.flatMap(linearsNamed))
    targets.set(linear, { rank, scaling, dropout });
  const shapes = expectedTensors(config);
  const parameters = new Map<string, Float32Array>();
  for (let layer = 0; layer < config.numHiddenLayers; layer++)
    for (const [place, linear] of [...targets.keys()].entries()) {
      const name = layerKey(layer, linear);
      const [O = 0, C = 0] = shapes.get(`${name}.weight`) ?? [];
      const key = [seed, INITIAL_STREAM] as const;
      parameters.set(
        `${name}.lora_A.weight`,
        uniformMatrix(rank * C, 1 / Math.sqrt(C), { key, layer, place }),
      );
      parameters.set(`${name}.lora_B.weight`, new Float32Array(O * rank));
    }
  return { targets, parameters };
}

function linearsNamed(name: string): string[] {
  const found = LAYER_LINEARS.filter((linear) => linear === name || linear.endsWith(`.${name}`));
  if (found.length > 0) return found;
  const known = LAYER_LINEARS.map((linear) => linear.split(".").at(-1)).join(", ");
  throw new UnsupportedError("finetune", `target module ${name}`, `use some of ${known}`);
}

function uniformMatrix(
  size: number,
  bound: number,
  { key, layer, place }: { key: readonly [number, number]; layer: number; place: number },
): Float32Array {
  const values = new Float32Array(size);
  for (let start = 0; start < size; start += 4) {
    const words = philox4x32([start >>> 2, layer, place, 0], key);
    for (let i = 0; i < 4 && start + i < size; i++)
      values[start + i] = bound * ((2 * (words[i] as number)) / 2 ** 32 - 1);
  }
  return values;
}
