import {
  expectedTensors,
  isDecoderLinear,
  type ModelConfig,
  type Quantization,
} from "@baichuan2/model";

/** Bytes of the weights in files, by number type of the linears; embeddings, norms and head have 16 bits. */
export interface DiskEstimate {
  readonly bfloat16: number;
  readonly int8: number;
  readonly nf4: number;
  /** Absent where blocks of 64 do not fit the rows. */
  readonly int4?: number;
}

/** Bytes of the weights that the CPU backend holds, by `--dtype`; those that a checkpoint cannot be loaded as are absent. */
export interface MemoryEstimate {
  readonly float32: number;
  readonly int8?: number;
  readonly nf4?: number;
  readonly int4?: number;
}

/** Elements per scale of NF4 and of int4 by default, and NF4's scales per scale of the second level. */
const BLOCK = 64;
const NESTED_BLOCK = 256;

/** What onnxruntime keeps for each block: the scale, once more in packed order, and the sum of the codes; float32 each. */
const RUNTIME_BYTES_PER_BLOCK = 12;

/** Parameters of an unquantized model of this shape. */
export function countParameters(config: ModelConfig): number {
  return sum([...expectedTensors(config).values()].map(elements));
}

/**
 * Bytes of the weights in files: int8 has a float32 per row; nf4 half a byte, a byte per 64 elements, a float32 per 256 of
 * these and one offset, as the published 4-bit models (7B 5.40 GB, 13B 9.08 GB); int4 half a byte and a float16 per 64.
 */
export function estimateDisk(config: ModelConfig): DiskEstimate {
  const linears = linearShapes(config);
  const parameters = countParameters(config);
  const rest = 2 * (parameters - sum(linears.map(elements)));
  return {
    bfloat16: 2 * parameters,
    int8: rest + sum(linears.map((shape) => elements(shape) + 4 * (shape[0] ?? 0))),
    nf4: rest + sum(linears.map((shape) => nf4Bytes(elements(shape)))),
    ...(fitsInt4(config) && {
      int4: rest + sum(linears.map((shape) => elements(shape) * (1 / 2 + 2 / BLOCK))),
    }),
  };
}

/**
 * Bytes of the weights that are held while the model runs on the CPU. NF4 is held as int8 blocks, because the CPU has no
 * kernel that looks codes up. Embeddings are mapped from a file, of which only the rows in use take memory; they count
 * for float32 only, where a row is twice as long.
 *
 * @param stored - Format of the files, where they are quantized: such weights load as they are, or as float32.
 */
export function estimateMemory(
  config: ModelConfig,
  stored?: Quantization["format"],
): MemoryEstimate {
  const linears = linearShapes(config);
  const count = sum(linears.map(elements));
  const head = 2 * config.vocabSize * config.hiddenSize;
  const blocks = (count / BLOCK) * RUNTIME_BYTES_PER_BLOCK;
  const quantized = {
    int8: head + count + sum(linears.map((shape) => 4 * (shape[0] ?? 0))),
    nf4: head + count + blocks,
    int4: head + count / 2 + blocks,
  };
  const float32 = 4 * countParameters(config);
  if (stored !== undefined) {
    const dtype = stored === "fp4" ? "nf4" : stored;
    return { float32, [dtype]: quantized[dtype] };
  }
  const { int4, ...others } = quantized;
  return { float32, ...others, ...(fitsInt4(config) && { int4 }) };
}

/** Whether every row holds whole blocks of int4's default size. */
function fitsInt4(config: ModelConfig): boolean {
  return linearShapes(config).every(([, C = 0]) => C % BLOCK === 0);
}

/** Bytes of keys and values of one token, in float32. */
export function cacheBytesPerToken({ numHiddenLayers, hiddenSize }: ModelConfig): number {
  return 2 * numHiddenLayers * hiddenSize * 4;
}

function linearShapes(config: ModelConfig): (readonly number[])[] {
  return [...expectedTensors(config)]
    .filter(([name]) => isDecoderLinear(name))
    .map(([, shape]) => shape);
}

function nf4Bytes(count: number): number {
  const scales = Math.ceil(count / BLOCK);
  return Math.ceil(count / 2) + scales + 4 * Math.ceil(scales / NESTED_BLOCK) + 4;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
