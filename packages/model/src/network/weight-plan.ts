import { UnsupportedError, type WeightFormat } from "@baichuan2/kernels";
import { FP4_CODEBOOK, NF4_CODEBOOK, type BlockSize } from "@baichuan2/quant";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { TensorInfo } from "../checkpoint/checkpoint.ts";
import type { StoredLinear } from "../checkpoint/quantized/stored-linear.ts";
import { LM_HEAD } from "./inference-graph.ts";
import { int4Defaults, type LinearQuantization } from "./quantize-linear.ts";

/** Number types of the linear layers. */
export type WeightDtype = "float32" | "nf4" | "int8" | "int4";

/** How weights are held in memory. */
export interface WeightOptions {
  /** "auto": as the checkpoint stores them; float32 for unquantized ones. */
  readonly dtype?: "auto" | WeightDtype | undefined;
  /** Weights that share a scale in int4; default 64. */
  readonly blockSize?: BlockSize | undefined;
  /** Computes with the dequantized weights in float32: slow, large, for checking. */
  readonly exact?: boolean | undefined;
  /**
   * Also quantizes the head: `true` or 8 to int8 blocks of 128, 4 to int4 blocks of `blockSize`; otherwise it keeps 16
   * bits. Not with float32 or `exact`.
   */
  readonly quantizeHead?: boolean | 8 | 4 | undefined;
  /** Also quantizes the embeddings, to int8 rows; otherwise they keep 16 bits. Not with float32 or `exact`. */
  readonly quantizeEmbeddings?: boolean | undefined;
}

/** What is known of the weights before they are read. */
export interface WeightSource {
  /** Directory, for errors. */
  readonly path: string;
  /** Tensors of a checkpoint; none for synthetic weights. */
  readonly tensors: ReadonlyMap<string, Pick<TensorInfo, "dtype" | "file">>;
  /** Linears that are quantized on disk, by name of the weight. */
  readonly linears: ReadonlyMap<string, StoredLinear>;
}

/** What happens to each weight between the checkpoint and the graph. */
export interface WeightPlan {
  readonly dtype: WeightDtype;
  /** How linears that are stored as floats are quantized; undefined where they are not. */
  readonly quantization: LinearQuantization | undefined;
  /** Format in the graph. */
  readonly formatOf: (name: string, shape: readonly number[]) => WeightFormat;
}

const F32: WeightFormat = { kind: "f32" };
const EMBEDDINGS = "model.embed_tokens.weight";

/**
 * Decides the format of each weight. Only the five linears of a layer are quantized; the norms are float32, embeddings
 * and head have the 16 bits of the original unless asked otherwise.
 *
 * @throws {UnsupportedError} if the checkpoint is quantized already, to another format than the wanted one, or an option
 *   would have no effect.
 * @throws {CheckpointError} from `formatOf` if a shape does not fit the blocks.
 */
export function planWeights(source: WeightSource, options: WeightOptions = {}): WeightPlan {
  const stored = source.linears.values().next().value?.format;
  const { dtype: wanted = "auto", exact = false } = options;
  const dtype = wanted === "auto" ? (dtypeOf(stored) ?? "float32") : wanted;
  if (stored !== undefined && dtype !== "float32" && dtype !== dtypeOf(stored))
    throw new UnsupportedError(
      "loadModel",
      `dtype "${dtype}" for ${source.path}, whose weights are already quantized to ${stored}`,
      'use the unquantized checkpoint, or dtype "auto"',
    );
  refuseIdleOptions(dtype, options);
  if (dtype === "float32") return { dtype, quantization: undefined, formatOf: () => F32 };
  const quantization = stored === undefined ? quantizationFor(dtype, options) : undefined;
  const context = { source, quantization, options };
  const formatOf = (name: string, shape: readonly number[]): WeightFormat => {
    const format = quantizedFormat(name, shape, context); // also tells what cannot be quantized first
    return exact ? F32 : format;
  };
  return { dtype, quantization, formatOf };
}

/** Head and embeddings are float32 where the rest is computed in float32: the options would be ignored. */
function refuseIdleOptions(dtype: WeightDtype, options: WeightOptions): void {
  if (dtype !== "float32" && !options.exact) return;
  const reason = dtype === "float32" ? `dtype "${dtype}"` : "exact";
  const hint = `leave it out, or ${dtype === "float32" ? "use dtype nf4, int8 or int4" : "leave out exact"}`;
  for (const option of ["quantizeHead", "quantizeEmbeddings"] as const)
    if (options[option]) throw new UnsupportedError("loadModel", `${option} with ${reason}`, hint);
}

function dtypeOf(stored: StoredLinear["format"] | undefined): WeightDtype | undefined {
  return stored === "fp4" ? "nf4" : stored;
}

function quantizationFor(
  dtype: Exclude<WeightDtype, "float32">,
  { blockSize }: WeightOptions,
): LinearQuantization {
  if (dtype !== "int4") return { format: dtype };
  return { ...int4Defaults, ...(blockSize === undefined ? {} : { blockSize }) };
}

interface PlanContext {
  readonly source: WeightSource;
  readonly quantization: LinearQuantization | undefined;
  readonly options: WeightOptions;
}

function quantizedFormat(
  name: string,
  shape: readonly number[],
  { source, quantization, options }: PlanContext,
): WeightFormat {
  if (shape.length === 1) return F32;
  if (name === EMBEDDINGS) return embeddingFormat(source.tensors.get(name)?.dtype, options);
  if (name === LM_HEAD) return headFormat(shape, options);
  const linear = source.linears.get(name);
  if (linear) return storedFormat(linear);
  if (!quantization) return F32; // a linear that the checkpoint's config lists as not quantized
  return linearFormat(name, shape, source, quantization);
}

function embeddingFormat(
  stored: TensorInfo["dtype"] | undefined,
  { quantizeEmbeddings }: WeightOptions,
): WeightFormat {
  if (quantizeEmbeddings) return { kind: "int8" };
  return stored === "f32" || stored === "f16" ? { kind: stored } : { kind: "bf16" };
}

/** In the largest block that fits, of those that the width may have. */
function headFormat(
  [, C = 0]: readonly number[],
  { quantizeHead, blockSize: largest = int4Defaults.blockSize }: WeightOptions,
): WeightFormat {
  const sizes = ([128, 64, 32] as const).filter((size) => C % size === 0);
  if (!quantizeHead) return { kind: "int16" };
  const blockSize = sizes.find((size) => quantizeHead !== 4 || size <= largest);
  if (!blockSize) return { kind: "int16" };
  if (quantizeHead === 4) return { kind: "int4", blockSize, symmetric: int4Defaults.symmetric };
  return { kind: "int8-blocks", blockSize };
}

/** A format on disk as the graph takes it; dequantized where blocks cross rows, or size or codebook are unusual. */
function storedFormat(linear: StoredLinear): WeightFormat {
  if (linear.format === "int8") return { kind: "int8" };
  const { blockSize } = linear;
  if (!isBlockSize(blockSize) || linear.shape[1] % blockSize !== 0) return F32;
  if (linear.format === "int4") return { kind: "int4", blockSize, symmetric: linear.symmetric };
  const codebook = linear.format === "nf4" ? NF4_CODEBOOK : FP4_CODEBOOK;
  if (linear.codebook.some((value, code) => value !== codebook[code])) return F32;
  return { kind: linear.format, blockSize, roundTo: linear.dtype };
}

function linearFormat(
  name: string,
  shape: readonly number[],
  source: WeightSource,
  quantization: LinearQuantization,
): WeightFormat {
  const [, C = 0] = shape;
  switch (quantization.format) {
    case "int8":
      return { kind: "int8" };
    case "nf4":
      return C % 64 === 0 ? { kind: "nf4", blockSize: 64, roundTo: "f16" } : F32;
    case "int4": {
      const { blockSize, symmetric } = quantization;
      if (C % blockSize === 0) return { kind: "int4", blockSize, symmetric };
      const file = source.tensors.get(name)?.file ?? source.path;
      throw new CheckpointError(
        file,
        `expected rows of a multiple of ${blockSize} for int4, got shape [${shape.join(", ")}] (use another block size, or nf4)`,
        { tensor: name },
      );
    }
  }
}

function isBlockSize(size: number): size is BlockSize {
  return size === 32 || size === 64 || size === 128;
}
