import type { BlockSize, FourBitType, QuantizedAbsmax, ScaleDtype } from "@baichuan2/quant";

/** Number formats of quantized linears. */
export type QuantFormat = "nf4" | "fp4" | "int8" | "int4";

/**
 * How files hold them:
 *
 * - `bitsandbytes-list`: the published Chat-4bits pickles, `weight.data` and a `weight.quant_state` list or object.
 * - `bitsandbytes-flat`: what transformers saves, `weight` and its parts under keys of their own.
 * - `llm-int8`: an int8 `weight` and `SCB`.
 * - `pack-quantized`: compressed-tensors' `weight_packed` and `weight_scale`.
 */
export type QuantLayout = "bitsandbytes-list" | "bitsandbytes-flat" | "llm-int8" | "pack-quantized";

/** A quantized linear `[O, C]` of a checkpoint, read part by part, whatever the layout of its file. */
export type StoredLinear = StoredFourBit | StoredInt8 | StoredInt4;

interface StoredParts {
  /** Key of the weight in an unquantized checkpoint. */
  readonly name: string;
  /** `[O, C]`. */
  readonly shape: readonly [number, number];
}

/** Blocks of 4-bit codes, as `decodeFourBit` takes them. */
export interface StoredFourBit extends StoredParts {
  readonly format: FourBitType;
  /** Neighbouring weights of the flattened matrix that share one absmax. */
  readonly blockSize: number;
  /** Whether the file holds the absmax quantized once more. */
  readonly nested: boolean;
  /** What bitsandbytes rounds dequantized weights to. */
  readonly dtype: "f16" | "bf16" | "f32";
  /** Value of each code: the file's table where it has one. `[16]`. */
  readonly codebook: Float32Array<ArrayBuffer>;
  /** `[ceil(O·C/2)]`, the even element in the high nibble. */
  readPacked(signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Restored where it is nested; `[ceil(O·C/blockSize)]`.
   *
   * @throws {CheckpointError} if a value is not finite.
   */
  readAbsmax(signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  /**
   * As a file holds it, for writing it again without loss; undefined where it is not nested.
   *
   * @throws {CheckpointError} if a value is not finite.
   */
  readonly readNestedAbsmax?: (signal?: AbortSignal) => Promise<NestedAbsmax | undefined>;
}

/** Absmax in 8 bits, with the value of each code, `[256]`. */
export interface NestedAbsmax extends QuantizedAbsmax {
  readonly map: Float32Array<ArrayBuffer>;
  readonly blockSize: number;
}

/** Rows of 8-bit codes: weight = `CB · SCB / 127`. */
export interface StoredInt8 extends StoredParts {
  readonly format: "int8";
  /** `[O·C]`. */
  readCB(signal?: AbortSignal): Promise<Int8Array<ArrayBuffer>>;
  /**
   * `[O]`.
   *
   * @throws {CheckpointError} if a value is not finite or negative.
   */
  readSCB(signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}

/** Blocks of 4-bit integers along the rows, as `decodeInt4` takes them. */
export interface StoredInt4 extends StoredParts {
  readonly format: "int4";
  readonly blockSize: BlockSize;
  /** Whether every zero point is 8. */
  readonly symmetric: boolean;
  /** Number type of the scales in the file. */
  readonly scaleDtype: ScaleDtype;
  /** `[O·C/2]`, the even element in the low nibble. */
  readPacked(signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * `[O·C/G]`.
   *
   * @throws {CheckpointError} if a value is not finite.
   */
  readScales(signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  /**
   * Two a byte, the even block in the low nibble, rows padded to whole bytes; undefined where `symmetric`.
   *
   * @throws {CheckpointError} if a value does not fit 4 bits.
   */
  readZeroPoints(signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined>;
}
