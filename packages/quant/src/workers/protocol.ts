import type { QuantJob, QuantResult } from "./quant-job.ts";

/** What the pool sends to a thread; one at a time. */
export interface QuantRequest {
  readonly job: QuantJob;
}

/** What a thread answers. */
export type QuantResponse = { readonly result: QuantResult } | { readonly error: WireError };

/** An error as data: structured clone would drop its class and fields. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
