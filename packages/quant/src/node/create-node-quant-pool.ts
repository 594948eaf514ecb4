import { availableParallelism } from "node:os";
import { QuantPool } from "../workers/quant-pool.ts";
import { startNodeThread } from "./node-thread.ts";

/**
 * Opens a pool of Node's worker threads.
 *
 * @param options - `threads`: by default one for each core that the process may use.
 * @throws {QuantError} if `threads` is not an integer of 0 or more.
 */
export function createNodeQuantPool(options: { readonly threads?: number } = {}): QuantPool {
  const { threads = availableParallelism() } = options;
  return new QuantPool({ threads, spawn: () => startNodeThread(workerUrl()) });
}

/** The thread's file: TypeScript in the workspace, a bundle of its own when published. */
function workerUrl(): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? "./worker.ts" : "./node-worker.js",
    import.meta.url,
  );
}
