import type { QuantJob, QuantResult } from "./quant-job.ts";

/**
 * A job whose values own their whole buffer. A view of a part is copied: its buffer would move to the other thread with
 * everything else in it.
 */
export function withOwnBuffer<Job extends QuantJob>(job: Job): Job {
  const { values } = job;
  if (values.byteLength === values.buffer.byteLength) return job;
  return { ...job, values: values.slice() } as Job;
}

/** Buffers of a job or a result that can move to another thread; shared ones are in both already. */
export function transferables(message: QuantJob | QuantResult): ArrayBuffer[] {
  return Object.values(message).flatMap((value: unknown) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  );
}
