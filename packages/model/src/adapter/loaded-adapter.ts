import type { SequenceAdapter } from "../cache/sequence.ts";
import type { ModelConfig } from "../config.ts";
import type { Adapter } from "./adapter.ts";
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

/** What is told of a loaded adapter. */
export interface AdapterInfo extends Required<AdapterSource> {
  /** The largest rank of its linears. */
  readonly rank: number;
  /** Names of its linears within a layer, such as `self_attn.W_pack`. */
  readonly targets: readonly string[];
  /** Memory of its matrices. */
  readonly sizeBytes: number;
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
 * @throws {AdapterError} "shape" if it is made for another network.
 */
export function loadedAdapter(
  adapter: Adapter,
  config: ModelConfig,
  { name, path, scale = 1 }: AdapterSource,
  fingerprint: string,
): LoadedAdapter {
  checkAdapter(adapter, config, name);
  const matrices = arrangeAdapter(adapter, config, scale);
  const rank = Math.max(...matrices.ranks.values());
  const targets = [...matrices.ranks.keys()];
  const info = { name, path, scale, rank, targets, sizeBytes: matrixBytes(matrices) };
  return { name, fingerprint, info, matrices };
}
