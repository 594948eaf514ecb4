export { decodeInt16Rows } from "./decode-int16-rows.ts";
export { encodeInt16Rows } from "./encode-int16-rows.ts";
export { INT16_LIMIT, type Int16Rows } from "./int16-rows.ts";
