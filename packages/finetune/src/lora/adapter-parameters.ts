import { UnsupportedError } from "@baichuan2/kernels";
import type { Adapter } from "@baichuan2/model";
import type { LoraTarget } from "../network/lora-target.ts";

/** An adapter as a network trains it. */
export interface TrainedAdapter {
  /** By linear within a layer. */
  readonly targets: ReadonlyMap<string, LoraTarget>;
  /** A and B of every layer, by key. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
}

const LAYER = /^model\.layers\.(\d+)\.(.+)$/;

/**
 * Takes an adapter apart for training.
 *
 * @param dropout - Share of the inputs that are left out.
 * @throws {UnsupportedError} for an adapter that is not the same in every layer: all layers share one graph.
 */
export function adapterParameters(
  { linears, path }: Pick<Adapter, "linears" | "path">,
  { numHiddenLayers, dropout }: { readonly numHiddenLayers: number; readonly dropout: number },
): TrainedAdapter {
  const targets = new Map<string, LoraTarget>();
  const parameters = new Map<string, Float32Array>();
  for (const [name, { rank, scaling, a, b }] of linears) {
    const [, , linear] = LAYER.exec(name) ?? [];
    const known = linear === undefined ? undefined : targets.get(linear);
    const isOther = known && (known.rank !== rank || known.scaling !== scaling);
    if (linear === undefined || isOther) throw refusal(path, name);
    targets.set(linear, { rank, scaling, dropout });
    parameters.set(`${name}.lora_A.weight`, a);
    parameters.set(`${name}.lora_B.weight`, b);
  }
  if (parameters.size !== 2 * numHiddenLayers * targets.size)
    throw refusal(path, "some layers only");
  return { targets, parameters };
}

/** Keys within a layer of what an adapter trains. */
export function adapterKeys(targets: ReadonlyMap<string, LoraTarget>): string[] {
  return [...targets.keys()].flatMap((linear) => [
    `${linear}.lora_A.weight`,
    `${linear}.lora_B.weight`,
  ]);
}

function refusal(path: string, what: string): UnsupportedError {
  return new UnsupportedError(
    "finetune",
    `an adapter of ${what} in ${path}`,
    "train one that has the same linears and ranks in every layer",
  );
}
