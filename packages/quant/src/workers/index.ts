export { createQuantPool } from "./create-quant-pool.ts";
export type {
  Int16RowsJob,
  Int4Job,
  Int8BlocksJob,
  QuantJob,
  QuantResult,
  QuantResults,
} from "./quant-job.ts";
export { QuantPoolError } from "./quant-pool-error.ts";
export { QuantPool, type QuantPoolOptions, type QuantRunOptions } from "./quant-pool.ts";
export { runJob } from "./run-job.ts";
export type { WorkerLike } from "./worker-like.ts";
