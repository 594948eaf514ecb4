import type { SequenceAdapter } from "../cache/sequence.ts";
import { OVERFLOW } from "../checkpoint/quantized/refuse-not-finite.ts";
import type { ModelConfig } from "../config.ts";
import type { Adapter } from "./adapter.ts";
import { AdapterError } from "./adapter-error.ts";
import { arrangeAdapter, matrixBytes, type AdapterMatrices } from "./adapter-matrices.ts";
import { checkAdapter } from "./check-adapter.ts";

/** Which adapter is to be loaded, and under which name. */
export interface AdapterSource {
  readonly name: string;
  /** Folder that PEFT saved. */
  readonly path: string;
  /** Times the scaling that its config says; default 1. */
  readonly scale?: number | undefined;
}

/** An adapter that was loaded before and is to have the same numbers again. */
export interface ExpectedAdapter extends AdapterSource {
  /** Of the first load; undefined: this is the first. */
  readonly fingerprint?: string | undefined;
}

/** What is told of a loaded adapter. */
export interface AdapterInfo extends Required<AdapterSource> {
  /** The largest rank of its linears. */
  readonly rank: number;
  /** Names of its linears within a layer, such as `self_attn.W_pack`. */
  readonly targets: readonly string[];
  /** Memory of its matrices. */
  readonly sizeBytes: number;
  /** The same for adapters with the same numbers and scale, whatever their names. */
  readonly fingerprint: string;
}

/** An adapter in memory. Compared by identity: loaded again it is another one. */
export interface LoadedAdapter extends SequenceAdapter {
  readonly info: AdapterInfo;
  readonly matrices: AdapterMatrices;
}

/**
 * Makes an adapter ready for runs.
 *
 * @param fingerprint - Names its numbers, in files of sequences.
 * @throws {AdapterError} "shape" if it is made for another network, "overflow" if scaled numbers are too large.
 */
export function loadedAdapter(
  adapter: Adapter,
  config: ModelConfig,
  { name, path, scale = 1 }: AdapterSource,
  fingerprint: string,
): LoadedAdapter {
  checkAdapter(adapter, config, name);
  const matrices = arrangeAdapter(adapter, config, scale);
  requireModest(matrices, { name, path, scale });
  const rank = Math.max(...matrices.ranks.values());
  const targets = [...matrices.ranks.keys()];
  const info = { name, path, scale, rank, targets, sizeBytes: matrixBytes(matrices), fingerprint };
  return { name, fingerprint, info, matrices };
}

/**
 * Refuses what float16 could not hold, as most adapters are stored, because in a run that sequences share one row's overflow
 * is everybody's: `x · Aᵀ` is computed for rows of other adapters as well and then multiplied by 0, and so are keys and values
 * that a mask hides, but ∞ · 0 is NaN. Trained numbers stay below 100.
 */
function requireModest(
  { tensors }: AdapterMatrices,
  { name, path, scale }: Required<AdapterSource>,
): void {
  for (const [tensor, { data }] of Object.entries(tensors)) {
    const wrong = data.find((value) => !(Math.abs(value) < OVERFLOW.f16));
    if (wrong === undefined) continue;
    throw new AdapterError(name, {
      problem: "overflow",
      linear: tensor,
      expected: `numbers below ${OVERFLOW.f16} when they are scaled`,
      actual: `${wrong} with scale ${scale}`,
      hint: `give a smaller scale, or mend lora_alpha in ${path}`,
      path,
    });
  }
}
