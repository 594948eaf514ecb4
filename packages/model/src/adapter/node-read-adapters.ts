import type { ReadOptions } from "../checkpoint/byte-source.ts";
import type { ModelConfig } from "../config.ts";
import { AdapterError, changedAdapter, lostAdapter } from "./adapter-error.ts";
import type { ExpectedAdapter, LoadedAdapter } from "./loaded-adapter.ts";
import { loadAdapter } from "./node-load-adapter.ts";

/** How adapters are read. */
export interface ReadAdaptersOptions extends ReadOptions {
  /** One that cannot be had again fails later, where it is used, and not here. */
  readonly mayBeLost?: boolean | undefined;
}

/** The adapters that a network begins with. */
export interface ReadAdapters {
  readonly loaded: readonly LoadedAdapter[];
  /** Why others are not there, by name; only with `mayBeLost`. */
  readonly lost: ReadonlyMap<string, AdapterError>;
}

/**
 * Reads the adapters that a network begins with, or begins with again.
 *
 * @throws {AdapterError} as `loadAdapter`, and "lost" if a folder has other numbers than the fingerprint says.
 * @throws {CheckpointError | UnsupportedError} as `loadAdapter`.
 */
export async function readAdapters(
  sources: readonly ExpectedAdapter[],
  config: ModelConfig,
  { mayBeLost = false, ...options }: ReadAdaptersOptions = {},
): Promise<ReadAdapters> {
  const loaded: LoadedAdapter[] = [];
  const lost = new Map<string, AdapterError>();
  for (const source of sources) {
    try {
      loaded.push(await readAgain(source, config, options));
    } catch (error) {
      if (!mayBeLost || options.signal?.aborted) throw error;
      lost.set(source.name, asLost(source, error));
    }
  }
  return { loaded, lost };
}

async function readAgain(
  source: ExpectedAdapter,
  config: ModelConfig,
  options: ReadOptions,
): Promise<LoadedAdapter> {
  const adapter = await loadAdapter(source, config, options);
  const { name, path, fingerprint } = source;
  if (fingerprint === undefined || adapter.fingerprint === fingerprint) return adapter;
  throw changedAdapter(name, path);
}

function asLost({ name, path }: ExpectedAdapter, error: unknown): AdapterError {
  if (error instanceof AdapterError && error.problem === "lost") return error;
  return lostAdapter(name, path, error);
}
