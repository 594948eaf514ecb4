export { createQuantPool } from "./create-quant-pool.ts";
export type {
  FourBitJob,
  Int16RowsJob,
  Int4Job,
  Int8BlocksJob,
  Int8RowsJob,
  QuantJob,
  QuantResult,
  QuantResults,
} from "./quant-job.ts";
export { QuantPoolError } from "./quant-pool-error.ts";
export { QuantPool, type QuantPoolOptions, type QuantRunOptions } from "./quant-pool.ts";
export { runJob } from "./run-job.ts";
export type { WorkerLike } from "./worker-like.ts";
