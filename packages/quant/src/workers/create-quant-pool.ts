import { QuantPool, type QuantPoolOptions } from "./quant-pool.ts";
import type { WorkerLike } from "./worker-like.ts";

/**
 * Opens a pool of a browser's workers; under Node, `createNodeQuantPool` of `@baichuan2/quant/node` does it.
 *
 * @param options - `threads`, by default one for each core; `spawn`, by default a `Worker` of the package's own file,
 * which bundlers find by its URL.
 * @throws {QuantError} if `threads` is not an integer of 0 or more.
 */
export function createQuantPool(options: Partial<QuantPoolOptions> = {}): QuantPool {
  const { threads = navigator.hardwareConcurrency, spawn = spawnBrowserWorker } = options;
  return new QuantPool({ threads, spawn });
}

function spawnBrowserWorker(): WorkerLike {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}
