import type { WeightChunk } from "@baichuan2/kernels";
import { decodeFourBit, decodeInt4, decodeInt8Rows } from "@baichuan2/quant";
import type {
  StoredFourBit,
  StoredInt4,
  StoredInt8,
  StoredLinear,
} from "../checkpoint/quantized/stored-linear.ts";

/** Weights dequantized at a time: 4 MiB of float32, whole blocks of any size that is a power of two. */
const CHUNK_WEIGHTS = 1 << 20;

/** A linear as it is stored: the parts of its format, unchanged. */
export async function* storedChunks(
  linear: StoredLinear,
  signal: AbortSignal | undefined,
): AsyncGenerator<WeightChunk> {
  switch (linear.format) {
    case "int8":
      yield { CB: await linear.readCB(signal), SCB: await linear.readSCB(signal) };
      break;
    case "int4": {
      const { zeroPoints, ...parts } = await readInt4(linear, signal);
      yield zeroPoints ? { ...parts, zeroPoints } : parts;
      break;
    }
    default:
      yield {
        packed: await linear.readPacked(signal),
        absmax: await linear.readAbsmax(signal),
      };
  }
}

/** A linear as float32 numbers. */
export async function* decodedChunks(
  linear: StoredLinear,
  signal: AbortSignal | undefined,
): AsyncGenerator<WeightChunk> {
  if (linear.format === "int8") yield* decodedInt8(linear, signal);
  else if (linear.format === "int4") yield* decodedInt4(linear, signal);
  else yield* decodedFourBit(linear, signal);
}

async function* decodedFourBit(
  linear: StoredFourBit,
  signal: AbortSignal | undefined,
): AsyncGenerator<WeightChunk> {
  const { format: quantType, blockSize, codebook, dtype: roundTo } = linear;
  const packed = await linear.readPacked(signal);
  const absmax = await linear.readAbsmax(signal);
  const total = linear.shape[0] * linear.shape[1];
  for (let start = 0; start < total; start += CHUNK_WEIGHTS) {
    const count = Math.min(CHUNK_WEIGHTS, total - start);
    const blocks = {
      packed: packed.subarray(start / 2, Math.ceil((start + count) / 2)),
      absmax: absmax.subarray(start / blockSize, Math.ceil((start + count) / blockSize)),
    };
    yield { values: decodeFourBit(blocks, { count, quantType, blockSize, roundTo, codebook }) };
  }
}

async function* decodedInt8(
  linear: StoredInt8,
  signal: AbortSignal | undefined,
): AsyncGenerator<WeightChunk> {
  const [O, C] = linear.shape;
  const [CB, SCB] = [await linear.readCB(signal), await linear.readSCB(signal)];
  for (const [first, last] of rowRanges(O, C)) {
    const rows = { CB: CB.subarray(first * C, last * C), SCB: SCB.subarray(first, last) };
    yield { values: decodeInt8Rows(rows, C) };
  }
}

async function* decodedInt4(
  linear: StoredInt4,
  signal: AbortSignal | undefined,
): AsyncGenerator<WeightChunk> {
  const [O, C] = linear.shape;
  const { blockSize } = linear;
  const { packed, scales, zeroPoints } = await readInt4(linear, signal);
  const blocks = C / blockSize;
  const zeroBytes = Math.ceil(blocks / 2);
  for (const [first, last] of rowRanges(O, C)) {
    const part = {
      packed: packed.subarray((first * C) / 2, (last * C) / 2),
      scales: scales.subarray(first * blocks, last * blocks),
      ...(zeroPoints && { zeroPoints: zeroPoints.subarray(first * zeroBytes, last * zeroBytes) }),
    };
    yield { values: decodeInt4(part, { cols: C, blockSize }) };
  }
}

async function readInt4(
  linear: StoredInt4,
  signal: AbortSignal | undefined,
): Promise<{
  packed: Uint8Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
  zeroPoints?: Uint8Array<ArrayBuffer> | undefined;
}> {
  return {
    packed: await linear.readPacked(signal),
    scales: await linear.readScales(signal),
    zeroPoints: linear.symmetric ? undefined : await linear.readZeroPoints(signal),
  };
}

function* rowRanges(rows: number, cols: number): Generator<[number, number]> {
  const step = Math.max(1, Math.floor(CHUNK_WEIGHTS / cols));
  for (let first = 0; first < rows; first += step) yield [first, Math.min(rows, first + step)];
}
