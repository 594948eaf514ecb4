import { createHash } from "node:crypto";
import type { ReadOptions } from "../checkpoint/byte-source.ts";
import type { ModelConfig } from "../config.ts";
import type { Adapter } from "./adapter.ts";
import { loadedAdapter, type AdapterSource, type LoadedAdapter } from "./loaded-adapter.ts";
import { openAdapter } from "./node-open-adapter.ts";

/**
 * Reads an adapter and makes it ready for runs of a network.
 *
 * @throws {CheckpointError | UnsupportedError} as `openAdapter`.
 * @throws {AdapterError} "shape" if it is made for another network.
 */
export async function loadAdapter(
  source: AdapterSource,
  config: ModelConfig,
  options: ReadOptions = {},
): Promise<LoadedAdapter> {
  const adapter = await openAdapter(source.path, options);
  return loadedAdapter(adapter, config, source, fingerprintOf(adapter, source.scale ?? 1));
}

/** Adapters with the same numbers have the same fingerprint, whatever their names. */
function fingerprintOf({ linears }: Adapter, scale: number): string {
  const hash = createHash("sha256");
  for (const [linear, { a, b, scaling, shape }] of [...linears].toSorted(byName))
    hash
      .update(JSON.stringify([linear, shape, scaling * scale]))
      .update(a)
      .update(b);
  return hash.digest("hex");
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
