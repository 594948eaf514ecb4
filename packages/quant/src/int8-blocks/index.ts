export { decodeInt8Blocks } from "./decode-int8-blocks.ts";
export { encodeInt8Blocks } from "./encode-int8-blocks.ts";
export { INT8_ZERO_POINT, type Int8Blocks } from "./int8-blocks.ts";
export { int8BlocksFromFourBit, type FourBitLayout } from "./int8-blocks-from-four-bit.ts";
