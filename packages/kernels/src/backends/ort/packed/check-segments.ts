import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { threadArguments } from "@baichuan2/quant/node";
import type { Segment } from "./segments.ts";

/**
 * Starts checking a file on a thread of its own.
 *
 * @returns the offset of the first damaged segment, or null.
 */
export async function checkSegments(
  path: string,
  segments: readonly Segment[],
): Promise<number | null> {
  const worker = new Worker(threadUrl(), {
    execArgv: threadArguments(process.execArgv),
    workerData: { path, segments },
  });
  const [offset] = (await once(worker, "message")) as [number | null];
  return offset;
}

/** The thread's file: TypeScript in the workspace, a bundle of its own when published. */
function threadUrl(): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? "./worker.ts" : "./ort-checksum-thread.js",
    import.meta.url,
  );
}
