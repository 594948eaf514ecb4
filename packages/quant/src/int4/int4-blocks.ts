import type { BlockLayout } from "../block-layout.ts";

/**
 * A matrix `[O, C]` of 4-bit integers in blocks of G along its rows: weight = (code − zeroPoint) · scale, code 0 to 15.
 */
export interface Int4Blocks {
  /**
   * Two codes a byte, the even element in the LOW nibble, row after row; `[O·C/2]`. These are the bytes of input B of ONNX
   * `com.microsoft.MatMulNBits`, and, read as little-endian int32, `weight_packed` of compressed-tensors' pack-quantized.
   */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** `[O·C/G]`, representable in the scale's dtype; may be negative. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Two a byte, the even block in the low nibble, rows padded to whole bytes; `[O·ceil(C/G/2)]`. Absent: 8 everywhere. */
  readonly zeroPoints?: Uint8Array<ArrayBuffer> | undefined;
}

/** Options of {@link encodeInt4}. */
export interface Int4Options extends BlockLayout {
  /** Zero point 8 everywhere; otherwise one for each block. Default true. */
  readonly symmetric?: boolean | undefined;
  /** What the scales will be stored as: they are rounded before codes are chosen. Default "f32". */
  readonly scaleDtype?: ScaleDtype | undefined;
  /** "rtn" spans each block's range; "search" looks for the scale of least squared error. Default "search". */
  readonly method?: "search" | "rtn" | undefined;
}

/** Number types of scales. */
export type ScaleDtype = "f32" | "f16" | "bf16";
