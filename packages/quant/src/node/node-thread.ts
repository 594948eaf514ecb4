import { Worker } from "node:worker_threads";
import type { QuantResponse } from "../workers/protocol.ts";
import type { WorkerLike } from "../workers/worker-like.ts";

/**
 * Starts a thread of Node in the form of a browser's worker. Its end counts as an error: nobody but the pool ends it.
 *
 * @param url - The thread's file.
 */
export function startNodeThread(url: URL): WorkerLike {
  const worker = new Worker(url, { execArgv: workerArguments() });
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

/** The process's own arguments; of `node --eval …` only the conditions, the rest is for its main module alone. */
function workerArguments(): string[] {
  const { execArgv } = process;
  const isInline = execArgv.some((argument) =>
    /^(-e|-p|-pe|--eval|--print|--input-type)/.test(argument),
  );
  return isInline ? execArgv.filter((argument) => argument.startsWith("--conditions=")) : execArgv;
}
