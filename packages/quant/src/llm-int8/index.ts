export { decodeInt8Rows } from "./decode-int8-rows.ts";
export { encodeInt8Rows } from "./encode-int8-rows.ts";
export type { Int8Rows } from "./int8-rows.ts";
export { llmInt8Matmul, type LlmInt8Options } from "./llm-int8-matmul.ts";
export { type Int8Activations, quantizeActivations } from "./quantize-activations.ts";
