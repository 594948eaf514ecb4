import { UnsupportedError } from "@baichuan2/kernels";
import { duplicateAdapter } from "./adapter-error.ts";
import type { AdapterSource } from "./loaded-adapter.ts";

/** Name of the adapter that `adapter` loads: PEFT's own. */
export const DEFAULT_ADAPTER = "default";

/** An adapter to load. */
export interface AdapterOptions {
  /** Folder that PEFT saved: adapter_config.json, and adapter_model.safetensors or adapter_model.bin. */
  readonly path: string;
  /** Times the scaling that its config says; default 1. */
  readonly scale?: number | undefined;
}

/** Which adapters a model is loaded with. */
export interface AdaptersOptions {
  /** A LoRA adapter for all requests that name no other one; its name is "default". */
  readonly adapter?: string | AdapterOptions | undefined;
  /**
   * LoRA adapters by name, for requests that name one. With `{}` the model takes adapters later (`loadAdapter`); without this
   * option and `adapter` it never does.
   */
  readonly adapters?: Readonly<Record<string, string | AdapterOptions>> | undefined;
}

/** A request's choice. */
export interface AdapterChoice {
  /** Name of a loaded adapter; null: none of them. Default: the one that the model was loaded with as `adapter`, if any. */
  readonly adapter?: string | null | undefined;
}

/**
 * The adapters that options name; undefined if the model is to take none.
 *
 * @throws {AdapterError} "duplicate" if one of `adapters` is called "default" beside `adapter`.
 * @throws {UnsupportedError} for a scale that is no number.
 */
export function adapterSources({
  adapter,
  adapters,
}: AdaptersOptions): readonly AdapterSource[] | undefined {
  if (adapter === undefined && adapters === undefined) return undefined;
  const named = Object.entries(adapters ?? {});
  if (adapter !== undefined) {
    if (named.some(([name]) => name === DEFAULT_ADAPTER)) throw duplicateAdapter(DEFAULT_ADAPTER);
    named.unshift([DEFAULT_ADAPTER, adapter]);
  }
  return named.map(([name, given]) =>
    adapterSource(name, typeof given === "string" ? { path: given } : given),
  );
}

/** @throws {UnsupportedError} for a scale that is no number. */
export function adapterSource(name: string, { path, scale = 1 }: AdapterOptions): AdapterSource {
  if (!Number.isFinite(scale))
    throw new UnsupportedError("loadAdapter", `scale ${scale}`, "give a finite number");
  return { name, path, scale };
}
