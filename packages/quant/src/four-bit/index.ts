export { FP4_CODEBOOK, NF4_CODEBOOK, NF4_THRESHOLDS } from "./codebooks.ts";
export { decodeFourBit, type FourBitDecoding } from "./decode-four-bit.ts";
export { quantizeAbsmax, type QuantizedAbsmax, restoreAbsmax } from "./double-quantization.ts";
export { DYNAMIC_MAP } from "./dynamic-map.ts";
export { encodeFourBit, type FourBitOptions } from "./encode-four-bit.ts";
export type { FourBitBlocks, FourBitType } from "./four-bit.ts";
