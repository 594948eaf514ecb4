export { fromBfloat16Bits, roundToBfloat16, toBfloat16Bits } from "./bfloat16.ts";
export type { BlockLayout, BlockSize } from "./block-layout.ts";
export { fromFloat16Bits, roundToFloat16, toFloat16Bits } from "./float16.ts";
export {
  decodeFourBit,
  DYNAMIC_MAP,
  encodeFourBit,
  FP4_CODEBOOK,
  NF4_CODEBOOK,
  NF4_THRESHOLDS,
  quantizeAbsmax,
  restoreAbsmax,
  type FourBitBlocks,
  type FourBitDecoding,
  type FourBitOptions,
  type FourBitType,
  type QuantizedAbsmax,
} from "./four-bit/index.ts";
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
  int8BlocksFromFourBit,
  type FourBitLayout,
  type Int8Blocks,
} from "./int8-blocks/index.ts";
export {
  decodeInt16Rows,
  encodeInt16Rows,
  INT16_LIMIT,
  type Int16Rows,
} from "./int16-rows/index.ts";
export {
  decodeInt8Rows,
  encodeInt8Rows,
  llmInt8Matmul,
  quantizeActivations,
  type Int8Activations,
  type Int8Rows,
  type LlmInt8Options,
} from "./llm-int8/index.ts";
export { QuantError } from "./quant-error.ts";
export {
  createQuantPool,
  QuantPool,
  QuantPoolError,
  runJob,
  type FourBitJob,
  type Int16RowsJob,
  type Int4Job,
  type Int8BlocksJob,
  type Int8RowsJob,
  type QuantJob,
  type QuantPoolOptions,
  type QuantResult,
  type QuantResults,
  type QuantRunOptions,
  type WorkerLike,
} from "./workers/index.ts";
