import { adaptersNotEnabled, duplicateAdapter, unknownAdapter } from "../adapter/adapter-error.ts";
import type { AdapterInfo, AdapterSource } from "../adapter/loaded-adapter.ts";

/**
 * The adapters of an engine, as the caller's end knows them: a thread that is started again, or another engine over the same
 * weights, loads them anew from their folders.
 */
export class EngineAdapters {
  readonly #isEnabled: boolean;
  readonly #infos: Map<string, AdapterInfo>;
  /** Names that are being loaded. */
  readonly #pending = new Set<string>();

  /** @param infos - Undefined for an engine that takes none. */
  constructor(infos: readonly AdapterInfo[] | undefined) {
    this.#isEnabled = infos !== undefined;
    this.#infos = new Map(infos?.map((info) => [info.name, info]));
  }

  /** In the order of loading. */
  get infos(): readonly AdapterInfo[] {
    return [...this.#infos.values()];
  }

  /** What another thread is to load; undefined: its graph takes none. */
  get sources(): readonly AdapterSource[] | undefined {
    if (!this.#isEnabled) return undefined;
    return this.infos.map(({ name, path, scale }) => ({ name, path, scale }));
  }

  /** Whether some adapter is being loaded. */
  get isChanging(): boolean {
    return this.#pending.size > 0;
  }

  /** @throws {AdapterError} "not-enabled", or "unknown" if none has the name. */
  require(name: string): void {
    if (!this.#isEnabled) throw adaptersNotEnabled(name);
    if (!this.#infos.has(name)) throw unknownAdapter(name, this.#infos.keys());
  }

  /**
   * Loads an adapter; its name is taken from now on.
   *
   * @param load - Does it; where that fails the name is free again.
   * @throws {AdapterError} "not-enabled" or "duplicate".
   */
  async load(name: string, load: () => Promise<AdapterInfo>): Promise<AdapterInfo> {
    if (!this.#isEnabled) throw adaptersNotEnabled(name);
    if (this.#infos.has(name) || this.#pending.has(name)) throw duplicateAdapter(name);
    this.#pending.add(name);
    try {
      const info = await load();
      this.#infos.set(name, info);
      return info;
    } finally {
      this.#pending.delete(name);
    }
  }

  /** Frees a name at once. @throws {AdapterError} as `require`. */
  remove(name: string): void {
    this.require(name);
    this.#infos.delete(name);
  }
}
