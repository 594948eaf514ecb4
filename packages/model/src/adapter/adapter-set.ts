import type { Tensor } from "@baichuan2/kernels";
import type { SequenceAdapter } from "../cache/sequence.ts";
import type { ModelConfig } from "../config.ts";
import { AdapterFeeds } from "./adapter-feeds.ts";
import { duplicateAdapter, unknownAdapter, type AdapterError } from "./adapter-error.ts";
import type { AdapterInfo, LoadedAdapter } from "./loaded-adapter.ts";

/** Rows of a run that lie one after another and belong to one sequence. */
export interface SequenceRows {
  readonly adapter: SequenceAdapter | undefined;
  readonly count: number;
}

/**
 * The adapters of a network: by name for new requests, and as inputs of a run. One that was removed lives on as long as a
 * sequence has it.
 */
export class AdapterSet {
  readonly #named = new Map<string, LoadedAdapter>();
  /** Why names of before a restart have no adapter now. */
  readonly #lost = new Map<string, AdapterError>();
  readonly #known = new WeakMap<SequenceAdapter, LoadedAdapter>();
  readonly #feeds: AdapterFeeds;

  constructor(config: ModelConfig) {
    this.#feeds = new AdapterFeeds(config);
  }

  /** What is loaded, in the order of loading. */
  get infos(): readonly AdapterInfo[] {
    return this.all.map(({ info }) => info);
  }

  /** The adapters themselves. */
  get all(): readonly LoadedAdapter[] {
    return [...this.#named.values()];
  }

  /** @throws {AdapterError} "duplicate" if another one has its name. */
  add(adapter: LoadedAdapter): void {
    if (this.#named.has(adapter.name) || this.#lost.has(adapter.name))
      throw duplicateAdapter(adapter.name);
    this.#named.set(adapter.name, adapter);
    this.#known.set(adapter, adapter);
  }

  /** Makes every later use of a name fail with an error, until the name is removed. */
  lose(name: string, error: AdapterError): void {
    this.#lost.set(name, error);
  }

  /** Whether an adapter is loaded still. */
  has(adapter: SequenceAdapter): boolean {
    return this.#named.get(adapter.name) === adapter;
  }

  /** @throws {AdapterError} "unknown" if none has the name, "lost" if the one that had it was lost. */
  get(name: string): LoadedAdapter {
    const adapter = this.#named.get(name);
    if (!adapter) throw this.#lost.get(name) ?? unknownAdapter(name, this.#named.keys());
    return adapter;
  }

  /**
   * Frees a name; sequences that have the adapter keep it.
   *
   * @returns the adapter; undefined if it was lost.
   * @throws {AdapterError} "unknown" if none has the name.
   */
  remove(name: string): LoadedAdapter | undefined {
    if (this.#lost.delete(name)) return undefined;
    const adapter = this.get(name);
    this.#named.delete(name);
    return adapter;
  }

  /**
   * Inputs of a run.
   *
   * @param rows - Of all sequences, in the order of the run.
   * @returns one tensor per input that `declareAdapters` has declared; valid until the next call.
   */
  feeds(rows: readonly SequenceRows[]): Record<string, Tensor> {
    const adapted = rows.map(({ adapter, count }) => {
      return { adapter: adapter && this.#loaded(adapter), count };
    });
    return this.#feeds.write(adapted, this.all);
  }

  #loaded(adapter: SequenceAdapter): LoadedAdapter {
    const loaded = this.#known.get(adapter);
    if (loaded) return loaded;
    throw new Error(`adapters: expected one of this set, got another "${adapter.name}"`);
  }
}
