export type { BlockLayout, BlockSize } from "./block-layout.ts";
export {
  decodeInt4,
  encodeInt4,
  type Int4Blocks,
  type Int4Options,
  type ScaleDtype,
} from "./int4/index.ts";
export {
  decodeInt8Blocks,
  encodeInt8Blocks,
  INT8_ZERO_POINT,
  type Int8Blocks,
} from "./int8-blocks/index.ts";
export {
  decodeInt16Rows,
  encodeInt16Rows,
  INT16_LIMIT,
  type Int16Rows,
} from "./int16-rows/index.ts";
export { QuantError } from "./quant-error.ts";
export {
  createQuantPool,
  QuantPool,
  QuantPoolError,
  runJob,
  type Int16RowsJob,
  type Int4Job,
  type Int8BlocksJob,
  type QuantJob,
  type QuantPoolOptions,
  type QuantResult,
  type QuantResults,
  type QuantRunOptions,
  type WorkerLike,
} from "./workers/index.ts";
