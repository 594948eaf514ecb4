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
