import type { ModelConfig } from "../config.ts";
import type { ReadOptions } from "./byte-source.ts";

/** Element types that checkpoints store. */
export type TensorDtype =
  | "bf16"
  | "f16"
  | "f32"
  | "f64"
  | "i64"
  | "i32"
  | "i16"
  | "i8"
  | "u8"
  | "bool";

/** What is known of a tensor without reading it. */
export interface TensorInfo {
  /** Key of the state dict, unchanged; nested tensors have the path to them, e.g. `x.quant_state[4][0]`. */
  readonly name: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  /** Bytes of the elements in the stored dtype; views of one storage each count their own. */
  readonly sizeBytes: number;
  /** Path of the file that holds it. */
  readonly file: string;
}

/** A value of a state dict that is not a tensor, as plain data. */
export type StateValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly StateValue[]
  | StateTensor
  | StateSize
  | StateDtype
  | StateDict
  | StateObject;

/** A tensor inside another value; `Checkpoint.readBytes(info.name)` reads it. */
export interface StateTensor {
  readonly kind: "tensor";
  readonly info: TensorInfo;
}

/** A `torch.Size`. */
export interface StateSize {
  readonly kind: "size";
  readonly dims: readonly number[];
}

/** A dtype object, e.g. `torch.float16`. */
export interface StateDtype {
  readonly kind: "dtype";
  /** Name without `torch.`: "float16". */
  readonly name: string;
}

/** A dict. */
export interface StateDict {
  readonly kind: "dict";
  readonly entries: ReadonlyMap<string, StateValue>;
}

/** An instance of an allowed class that carries attributes (bitsandbytes' QuantState, Params4bit). */
export interface StateObject {
  readonly kind: "object";
  /** Full Python name of the class. */
  readonly type: string;
  readonly attributes: ReadonlyMap<string, StateValue>;
  /** The data, where the class is a kind of tensor. */
  readonly tensor?: TensorInfo | undefined;
}

/** One file of weights. */
export interface CheckpointFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly format: "safetensors" | "pytorch-zip" | "pytorch-legacy";
}

/** A block of consecutive rows (first axis) of a tensor, converted to float32. */
export interface RowBlock {
  readonly rowStart: number;
  /** Rows times row length values; a 1-d tensor has rows of one value, a 0-d tensor one row. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** How `Checkpoint.readRows` cuts a tensor. */
export interface RowOptions extends ReadOptions {
  /** Rows of one block; default: as many as make about 4 MiB of float32, at least one. */
  readonly rowsPerChunk?: number | undefined;
}

/**
 * An open checkpoint: its config, and tensors that are read on demand.
 *
 * Dispose it (`await using`) to close its files.
 */
export interface Checkpoint {
  /** The directory. */
  readonly path: string;
  readonly config: ModelConfig;
  readonly format: "safetensors" | "pytorch";
  readonly files: readonly CheckpointFile[];
  /** Top-level tensors by key. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Everything else a pickled state dict holds, by key. Attributes of a tensor have the tensor's key. */
  readonly objects: ReadonlyMap<string, StateValue>;
  /**
   * Elements in C order in the stored dtype, little-endian, whatever strides and offset the file has.
   *
   * @throws {CheckpointError} if there is no such tensor or the file does not hold all of it.
   */
  readBytes(name: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Elements in C order as float32; needs the result's memory and one chunk.
   *
   * @throws {CheckpointError} as `readBytes`, and for dtypes other than bf16, f16, f32.
   */
  readFloat32(name: string, options?: ReadOptions): Promise<Float32Array<ArrayBuffer>>;
  /**
   * The same, in blocks of rows, for tensors too large to hold twice.
   *
   * @throws {CheckpointError} as `readFloat32`.
   */
  readRows(name: string, options?: RowOptions): AsyncIterable<RowBlock>;
  /**
   * Blocks of rows in order in the stored dtype, little-endian; for copying tensors bit for bit.
   *
   * @throws {CheckpointError} as `readBytes`.
   */
  readRowBytes(name: string, options?: RowOptions): AsyncIterable<Uint8Array<ArrayBuffer>>;
  [Symbol.asyncDispose](): Promise<void>;
}
