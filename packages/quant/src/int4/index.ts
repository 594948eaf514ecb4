export { decodeInt4 } from "./decode-int4.ts";
export { encodeInt4 } from "./encode-int4.ts";
export type { Int4Blocks, Int4Options, ScaleDtype } from "./int4-blocks.ts";
