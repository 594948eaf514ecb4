import { joinMatrices, matrixBytes, type AdapterMatrices } from "./adapter-matrices.ts";
import type { LoadedAdapter } from "./loaded-adapter.ts";

/** Adapters of a run, with their matrices one after another. */
export interface Joined {
  readonly adapters: readonly LoadedAdapter[];
  readonly matrices: AdapterMatrices;
}

/** Sets that are kept: batches in which two or three requests take turns have no more. */
const MAX_KEPT = 4;

/**
 * Joins the adapters of a run, and keeps what it has joined for runs with the same ones, least recently used first out.
 *
 * What is kept is never larger than the living adapters together, which is the memory that an estimate counts for it
 * (`adapterBytes`); one of those that are gone is kept no longer than to the next run.
 */
export class JoinedAdapters {
  /** The one that was used last comes last. */
  #kept: readonly (Joined & { readonly sizeBytes: number })[] = [];

  /**
   * @param used - At least two, each once.
   * @param living - Adapters that this or a later run may have, in the order in which they are joined.
   */
  join(used: ReadonlySet<LoadedAdapter>, living: ReadonlySet<LoadedAdapter>): Joined {
    this.prune(living);
    const isSame = ({ adapters }: Joined): boolean =>
      adapters.length === used.size && adapters.every((one) => used.has(one));
    const known = this.#kept.find(isSame);
    const others = this.#kept.filter((one) => one !== known);
    const adapters = [...living].filter((one) => used.has(one));
    const sizeBytes = bytesOf(adapters);
    this.#kept = []; // what has to go goes before the new arrays are made
    const kept = newestWithin(others, bytesOf(living) - sizeBytes);
    const joined = known ?? {
      adapters,
      matrices: joinMatrices(adapters.map(({ matrices }) => matrices)),
      sizeBytes,
    };
    this.#kept = [...kept, joined];
    return joined;
  }

  /** Forgets what has adapters that are gone. */
  prune(living: ReadonlySet<LoadedAdapter>): void {
    this.#kept = this.#kept.filter(({ adapters }) => adapters.every((one) => living.has(one)));
  }
}

function newestWithin<One extends { readonly sizeBytes: number }>(
  all: readonly One[],
  limit: number,
): readonly One[] {
  const newest: One[] = [];
  let bytes = 0;
  for (const one of all.toReversed()) {
    bytes += one.sizeBytes;
    if (bytes > limit || newest.length === MAX_KEPT - 1) break;
    newest.unshift(one);
  }
  return newest;
}

function bytesOf(adapters: Iterable<LoadedAdapter>): number {
  let bytes = 0;
  for (const { matrices } of adapters) bytes += matrixBytes(matrices);
  return bytes;
}
