import {
  DYNAMIC_MAP,
  NF4_CODEBOOK,
  quantizeAbsmax,
  restoreAbsmax,
  type BlockSize,
  type QuantJob,
  type QuantPool,
  type ScaleDtype,
} from "@baichuan2/quant";
import type {
  StoredFourBit,
  StoredInt4,
  StoredInt8,
  StoredLinear,
} from "../checkpoint/quantized/stored-linear.ts";

import type { StoredRows } from "./weight-rows.ts";

/** How a linear is quantized: NF4 in blocks of 64 with double quantization, LLM.int8() rows, or int4 blocks. */
export type LinearQuantization =
  | { readonly format: "nf4" }
  | { readonly format: "int8" }
  | {
      readonly format: "int4";
      readonly blockSize: BlockSize;
      readonly symmetric: boolean;
      readonly scaleDtype: ScaleDtype;
    };

/** int4 unless asked otherwise; scales are float16, as files hold them, so that a saved model computes the same. */
export const int4Defaults = {
  format: "int4",
  blockSize: 64,
  symmetric: true,
  scaleDtype: "f16",
} as const satisfies LinearQuantization;

/** A float matrix to be quantized. */
export interface FloatLinear {
  /** Key of the weight. */
  readonly name: string;
  /** `[O, C]`. */
  readonly shape: readonly [number, number];
  /** All values in order, in the pieces of `storedRows`. */
  readonly rows: AsyncIterable<StoredRows>;
}

const NF4_BLOCK = 64;

/** Blocks of the second level, bitsandbytes' default. */
const NESTED_BLOCK = 256;

/**
 * Quantizes one linear in pieces of rows, on the pool's threads. Holds the result and a few pieces, nothing more.
 *
 * @returns the same view as of a linear on disk, over memory.
 * @throws {QuantError} if blocks do not fit the rows, or a weight is not finite.
 */
export async function quantizeLinear(
  linear: FloatLinear,
  quantization: LinearQuantization,
  pool: Pick<QuantPool, "map">,
  signal?: AbortSignal,
): Promise<StoredLinear> {
  switch (quantization.format) {
    case "nf4":
      return quantizeToNf4(linear, pool, signal);
    case "int8":
      return quantizeToInt8(linear, pool, signal);
    case "int4":
      return quantizeToInt4(linear, quantization, pool, signal);
  }
}

async function quantizeToNf4(
  { name, shape, rows }: FloatLinear,
  pool: Pick<QuantPool, "map">,
  signal: AbortSignal | undefined,
): Promise<StoredFourBit> {
  const count = shape[0] * shape[1];
  const packed = filler(new Uint8Array(Math.ceil(count / 2)));
  const absmax = filler(new Float32Array(Math.ceil(count / NF4_BLOCK)));
  const jobs = jobsOf(rows, (values) => {
    return { kind: "four-bit" as const, ...values, blockSize: NF4_BLOCK };
  });
  for await (const blocks of pool.map(jobs, { signal })) {
    packed.append(blocks.packed);
    absmax.append(blocks.absmax);
  }
  const nestedAbsmax = quantizeAbsmax(absmax.array);
  const restored = restoreAbsmax(nestedAbsmax);
  return {
    name,
    shape,
    format: "nf4",
    blockSize: NF4_BLOCK,
    nested: true,
    dtype: "f16",
    codebook: Float32Array.from(NF4_CODEBOOK),
    readPacked: async () => packed.array,
    readAbsmax: async () => restored,
    readNestedAbsmax: async () => {
      return { ...nestedAbsmax, map: Float32Array.from(DYNAMIC_MAP), blockSize: NESTED_BLOCK };
    },
  };
}

async function quantizeToInt8(
  { name, shape, rows }: FloatLinear,
  pool: Pick<QuantPool, "map">,
  signal: AbortSignal | undefined,
): Promise<StoredInt8> {
  const [O, cols] = shape;
  const CB = filler(new Int8Array(O * cols));
  const SCB = filler(new Float32Array(O));
  const jobs = jobsOf(rows, (values) => ({ kind: "int8-rows" as const, ...values, cols }));
  for await (const encoded of pool.map(jobs, { signal })) {
    CB.append(encoded.CB);
    SCB.append(encoded.SCB);
  }
  return {
    name,
    shape,
    format: "int8",
    readCB: async () => CB.array,
    readSCB: async () => SCB.array,
  };
}

async function quantizeToInt4(
  { name, shape, rows }: FloatLinear,
  { blockSize, symmetric, scaleDtype }: Extract<LinearQuantization, { format: "int4" }>,
  pool: Pick<QuantPool, "map">,
  signal: AbortSignal | undefined,
): Promise<StoredInt4> {
  const [O, cols] = shape;
  const blocks = cols / blockSize;
  const packed = filler(new Uint8Array((O * cols) / 2));
  const scales = filler(new Float32Array(O * blocks));
  const zeroPoints = filler(new Uint8Array(symmetric ? 0 : O * Math.ceil(blocks / 2)));
  const options = { cols, blockSize, symmetric, scaleDtype };
  const jobs = jobsOf(rows, (values) => ({ kind: "int4" as const, ...values, ...options }));
  for await (const encoded of pool.map(jobs, { signal })) {
    packed.append(encoded.packed);
    scales.append(encoded.scales);
    if (encoded.zeroPoints) zeroPoints.append(encoded.zeroPoints);
  }
  return {
    name,
    shape,
    format: "int4",
    blockSize,
    symmetric,
    scaleDtype,
    readPacked: async () => packed.array,
    readScales: async () => scales.array,
    readZeroPoints: async () => (symmetric ? undefined : zeroPoints.array),
  };
}

async function* jobsOf<Job extends QuantJob>(
  rows: AsyncIterable<StoredRows>,
  jobOf: (values: StoredRows) => Job,
): AsyncGenerator<Job> {
  for await (const values of rows) yield jobOf(values);
}

/** An array that is filled from its start. */
function filler<Numbers extends Uint8Array | Int8Array | Float32Array>(
  array: Numbers,
): { readonly array: Numbers; append(values: Numbers): void } {
  let filled = 0;
  return {
    array,
    append(values) {
      array.set(values, filled);
      filled += values.length;
    },
  };
}
