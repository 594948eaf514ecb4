import type { AdapterShapes } from "../adapter/check-adapter.ts";
import type { ModelConfig } from "../config.ts";
import { linearShapes } from "../network/adapter-inputs.ts";

/** A LoRA adapter that is only known by its size. */
export interface AdapterSize {
  readonly rank: number;
  /** Linears that it adapts, as in adapter_config.json. Default: `W_pack`, as the original's fine-tune.py. */
  readonly targets?: readonly string[] | undefined;
}

/** Memory of adapters of these sizes, in bytes; see `adapterBytes`. */
export function sizedAdapterBytes(config: ModelConfig, sizes: readonly AdapterSize[]): number {
  return inMemory(
    sizes.map(({ rank, targets = ["W_pack"] }) => {
      const isTarget = (linear: string): boolean =>
        targets.some((target) => linear === target || linear.endsWith(`.${target}`));
      return bytesOf(config, (linear) => (isTarget(linear) ? rank : 0));
    }),
  );
}

/**
 * Memory of adapters, in bytes: A and B in float32, ranks filled up to the largest of all layers; twice where there are
 * several, because a run with more than one of them has them joined.
 */
export function adapterBytes(config: ModelConfig, adapters: readonly AdapterShapes[]): number {
  return inMemory(
    adapters.map(({ linears }) =>
      bytesOf(config, (linear) => {
        const ranks = [...linears].filter(([name]) => name.endsWith(`.${linear}`));
        return Math.max(0, ...ranks.map(([, { rank }]) => rank));
      }),
    ),
  );
}

function inMemory(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0) * (sizes.length > 1 ? 2 : 1);
}

function bytesOf(config: ModelConfig, rankOf: (linear: string) => number): number {
  let floats = 0;
  for (const [linear, [O, C]] of linearShapes(config)) floats += rankOf(linear) * (O + C);
  return floats * config.numHiddenLayers * Float32Array.BYTES_PER_ELEMENT;
}
