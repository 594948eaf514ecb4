import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { END } from "./end.ts";
import { threadArguments } from "./thread-arguments.ts";
import type { QuantResponse } from "../workers/protocol.ts";
import type { WorkerLike } from "../workers/worker-like.ts";

/** A job takes milliseconds: a thread that does not end by itself within this is stuck. */
const GRACE_MS = 5000;

/**
 * Starts a thread of Node in the form of a browser's worker. Its end counts as an error: nobody but the pool ends it.
 *
 * @param url - The thread's file.
 */
export function startNodeThread(url: URL): WorkerLike {
  const worker = new Worker(url, { execArgv: threadArguments(process.execArgv) });
  worker.unref();
  const exited = once(worker, "exit");
  let isEnding = false;
  exited.catch(() => {}); // an error before the end; the pool hears of it through its listener
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
    terminate: () => {
      isEnding = true;
      return end(worker, exited);
    },
    ref: () => worker.ref(),
    unref: () => {
      // the answer of a last job must not undo what `end` keeps alive
      if (!isEnding) worker.unref();
    },
  };
}

/**
 * Lets a thread end by itself: one that is terminated while it is still starting can take the process with it (a SIGSEGV of
 * Node 24 was seen in tests). It is kept alive meanwhile, or a process with nothing else to do would end before the
 * promise settles.
 */
async function end(worker: Worker, exited: Promise<unknown>): Promise<void> {
  worker.ref();
  worker.postMessage(END);
  const gone = exited.catch(() => {});
  await Promise.race([gone, setTimeout(GRACE_MS, undefined, { ref: false })]);
  await worker.terminate();
}
