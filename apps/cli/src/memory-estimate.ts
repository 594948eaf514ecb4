import { expectedTensors, isDecoderLinear, type ModelConfig } from "@baichuan2/model";

/** Bytes that the weights of a model take in memory, by number type. */
export interface MemoryEstimate {
  readonly float32: number;
  readonly bfloat16: number;
  readonly int8: number;
  readonly nf4: number;
}

/** Elements per scale of NF4, and scales per scale of the second level (bitsandbytes' defaults). */
const NF4_BLOCK = 64;
const NF4_NESTED_BLOCK = 256;

/** Parameters of an unquantized model of this shape. */
export function countParameters(config: ModelConfig): number {
  return sum([...expectedTensors(config).values()].map(elements));
}

/**
 * Bytes of the weights in each number type.
 *
 * The quantized types hold the linear layers of the decoder in their own format (int8: a float32 scale per row; nf4:
 * half a byte, a byte per 64 elements, a float32 per 256 of these and one offset) and the rest (embeddings, norms,
 * head) in 16 bits, as the published 8-bit and 4-bit models do: 7B in nf4 takes 5.40 GB, 13B 9.08 GB.
 */
export function estimateMemory(config: ModelConfig): MemoryEstimate {
  const parameters = countParameters(config);
  const linears = [...expectedTensors(config)]
    .filter(([name]) => isDecoderLinear(name))
    .map(([, shape]) => shape);
  const rest = parameters - sum(linears.map(elements));
  return {
    float32: 4 * parameters,
    bfloat16: 2 * parameters,
    int8: sum(linears.map((shape) => elements(shape) + 4 * (shape[0] ?? 0))) + 2 * rest,
    nf4: sum(linears.map((shape) => nf4Bytes(elements(shape)))) + 2 * rest,
  };
}

/** Bytes of keys and values of one token, in float32. */
export function cacheBytesPerToken({ numHiddenLayers, hiddenSize }: ModelConfig): number {
  return 2 * numHiddenLayers * hiddenSize * 4;
}

function nf4Bytes(count: number): number {
  const scales = Math.ceil(count / NF4_BLOCK);
  return Math.ceil(count / 2) + scales + 4 * Math.ceil(scales / NF4_NESTED_BLOCK) + 4;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
