import { Worker } from "node:worker_threads";
import { threadArguments } from "./thread-arguments.ts";
import type { QuantResponse } from "../workers/protocol.ts";
import type { WorkerLike } from "../workers/worker-like.ts";

/**
 * Starts a thread of Node in the form of a browser's worker. Its end counts as an error: nobody but the pool ends it.
 *
 * @param url - The thread's file.
 */
export function startNodeThread(url: URL): WorkerLike {
  const worker = new Worker(url, { execArgv: threadArguments(process.execArgv) });
  worker.unref();
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    addEventListener: (type: string, listener: (event: never) => void) => {
      const tell = listener as (event: unknown) => void;
      if (type === "message") worker.on("message", (data: QuantResponse) => tell({ data }));
      else if (type === "messageerror") worker.on("messageerror", tell);
      else {
        worker.on("error", tell);
        worker.on("exit", (code) => tell({ message: `it ended with code ${code}` }));
      }
    },
    terminate: () => worker.terminate(),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
  };
}
