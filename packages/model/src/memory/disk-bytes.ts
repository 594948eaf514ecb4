import { expectedTensors, isDecoderLinear, type ModelConfig } from "../config.ts";

/** Bytes of the weights in files, by number type of the linears; embeddings, norms and head have 16 bits. */
export interface DiskEstimate {
  readonly bfloat16: number;
  readonly int8: number;
  readonly nf4: number;
  /** Absent where blocks of 64 do not fit the rows. */
  readonly int4?: number;
}

/** Elements per scale of NF4 and of int4 by default, and NF4's scales per scale of the second level. */
const BLOCK = 64;
const NESTED_BLOCK = 256;

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
  const fitsInt4 = linears.every(([, C = 0]) => C % BLOCK === 0);
  return {
    bfloat16: 2 * parameters,
    int8: rest + sum(linears.map((shape) => elements(shape) + 4 * (shape[0] ?? 0))),
    nf4: rest + sum(linears.map((shape) => nf4Bytes(elements(shape)))),
    ...(fitsInt4 && {
      int4: rest + sum(linears.map((shape) => elements(shape) * (1 / 2 + 2 / BLOCK))),
    }),
  };
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
