import { transferables } from "./buffers.ts";
import type { QuantRequest, QuantResponse } from "./protocol.ts";
import { runJob } from "./run-job.ts";
import { toWireError } from "./wire-error.ts";

/** What a thread does with a request: the answer, and the buffers that go with it. Never throws. */
export function answer({ job }: QuantRequest): [QuantResponse, ArrayBuffer[]] {
  try {
    const result = runJob(job);
    return [{ result }, transferables(result)];
  } catch (error) {
    return [{ error: toWireError(error) }, []];
  }
}
