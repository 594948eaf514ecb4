import {
  AdapterError,
  adaptersNotEnabled,
  duplicateAdapter,
  unknownAdapter,
} from "../adapter/adapter-error.ts";
import type { AdapterInfo, AdapterSource, ExpectedAdapter } from "../adapter/loaded-adapter.ts";
import { isDone, type RestartingThread } from "./restarting-thread.ts";

/**
 * The adapters of an engine, as the caller's end knows them: a thread that is started again, or another engine over the same
 * weights, loads them anew from their folders.
 */
export class EngineAdapters {
  readonly #isEnabled: boolean;
  readonly #infos: Map<string, AdapterInfo>;
  readonly #thread: RestartingThread;
  /** Names that are being loaded. */
  readonly #pending = new Set<string>();

  /** @param infos - Undefined for an engine that takes none. */
  constructor(infos: readonly AdapterInfo[] | undefined, thread: RestartingThread) {
    this.#isEnabled = infos !== undefined;
    this.#infos = new Map(infos?.map((info) => [info.name, info]));
    this.#thread = thread;
  }

  /** In the order of loading; with those that a restart has lost. */
  get infos(): readonly AdapterInfo[] {
    return [...this.#infos.values()];
  }

  /** What another thread is to load; undefined: its graph takes none. */
  get sources(): readonly ExpectedAdapter[] | undefined {
    if (!this.#isEnabled) return undefined;
    return this.infos.map(({ name, path, scale, fingerprint }) => {
      return { name, path, scale, fingerprint };
    });
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
   * Reads an adapter from its folder; its name is taken from now on, and free again where that fails.
   *
   * @throws {AdapterError} "not-enabled" or "duplicate".
   * @throws {AdapterError | CheckpointError | UnsupportedError} if it cannot be used.
   */
  async load(source: AdapterSource, signal?: AbortSignal): Promise<AdapterInfo> {
    const { name } = source;
    if (!this.#isEnabled) throw adaptersNotEnabled(name);
    if (this.#infos.has(name) || this.#pending.has(name)) throw duplicateAdapter(name);
    this.#pending.add(name);
    try {
      const info = await this.#read(source, signal);
      this.#infos.set(name, info);
      return info;
    } finally {
      this.#pending.delete(name);
    }
  }

  /** Frees a name at once. @throws {AdapterError} as `require`. */
  async unload(name: string): Promise<void> {
    this.require(name);
    this.#infos.delete(name);
    await this.#drop(name);
  }

  async #read(source: AdapterSource, signal: AbortSignal | undefined): Promise<AdapterInfo> {
    try {
      const read = this.#thread.ask(
        { type: "loadAdapter", source },
        (event) => (event.type === "adapterLoaded" ? event.info : undefined),
        { signal },
      );
      return await read;
    } catch (error) {
      // An abort may have crossed the answer: the thread must not keep what nobody knows of.
      if (signal?.aborted) await this.#drop(source.name);
      throw error;
    }
  }

  async #drop(name: string): Promise<void> {
    const thread = await this.#thread.alive();
    if (!thread) return; // gone with its thread
    await this.#thread.ask({ type: "unloadAdapter", name }, isDone).catch((error: unknown) => {
      if (!(error instanceof AdapterError) && thread.isAlive) throw error;
    });
  }
}
