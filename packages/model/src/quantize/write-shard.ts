import type { QuantPool } from "@baichuan2/quant";
import type { Checkpoint, TensorInfo } from "../checkpoint/checkpoint.ts";
import { writeSafetensors, type TensorData } from "../checkpoint/node-safetensors-writer.ts";
import type { StoredLinear } from "../checkpoint/quantized/stored-linear.ts";
import type { TensorDeclaration } from "../checkpoint/safetensors-writer.ts";
import { weightEncodingError } from "../network/weight-encoding-error.ts";
import { quantizeLinear, type LinearQuantization } from "../network/quantize-linear.ts";
import { decodedChunks } from "../network/stored-linear-chunks.ts";
import { floatRows, storedRows } from "../network/weight-rows.ts";
import { declareLinear, linearTensors } from "./linear-tensors.ts";
import { linearShape, type Shard } from "./shards.ts";
import type { FinishedShard } from "./staging-state.ts";
import { weightError, type LinearError } from "./weight-error.ts";

/** What is needed to write any shard. */
export interface ShardWork {
  readonly checkpoint: Checkpoint;
  readonly quantization: LinearQuantization;
  readonly pool: Pick<QuantPool, "map">;
  /** Whether the linears are compared with what they were. */
  readonly report: boolean;
  readonly signal: AbortSignal | undefined;
  /** Called after every tensor with its bytes in the source. */
  readonly onTensor: (sizeBytes: number) => void;
}

/**
 * Writes one shard; holds one quantized linear and a few pieces of rows, nothing more.
 *
 * @throws {CheckpointError} if a weight is not finite, or the file cannot be written.
 */
export async function writeShard(
  path: string,
  { tensors }: Shard,
  work: ShardWork,
): Promise<FinishedShard> {
  const errors: LinearError[] = [];
  const declared = tensors.flatMap((tensor) => declaredTensors(tensor, work.quantization));
  const data = shardData(tensors, work, errors);
  const sizeBytes = await writeSafetensors(path, declared, data, { signal: work.signal });
  return { sizeBytes, ...(work.report && { errors }) };
}

/** What a tensor of the source becomes. */
export function declaredTensors(
  tensor: TensorInfo,
  quantization: LinearQuantization,
): readonly TensorDeclaration[] {
  const shape = linearShape(tensor);
  return shape ? declareLinear(tensor.name, shape, quantization) : [tensor];
}

async function* shardData(
  tensors: readonly TensorInfo[],
  work: ShardWork,
  errors: LinearError[],
): AsyncGenerator<TensorData> {
  const { checkpoint, report, signal, onTensor } = work;
  for (const tensor of tensors) {
    const { name, sizeBytes } = tensor;
    const shape = linearShape(tensor);
    if (shape) {
      const linear = await quantized(tensor, shape, work);
      for (const part of await linearTensors(linear))
        yield { name: part.name, chunks: [part.bytes] };
      if (report) {
        const before = floatRows(checkpoint, name, { signal });
        errors.push(await weightError(name, before, decodedValues(linear, signal)));
      }
    } else yield { name, chunks: checkpoint.readRowBytes(name, { signal }) };
    onTensor(sizeBytes);
  }
}

async function quantized(
  tensor: TensorInfo,
  shape: readonly [number, number],
  { checkpoint, quantization, pool, signal }: ShardWork,
): Promise<StoredLinear> {
  const { name } = tensor;
  const rows = storedRows(checkpoint, name, { signal });
  try {
    return await quantizeLinear({ name, shape, rows }, quantization, pool, signal);
  } catch (error) {
    throw weightEncodingError(error, tensor);
  }
}

async function* decodedValues(
  linear: StoredLinear,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array> {
  for await (const { values } of decodedChunks(linear, signal))
    if (values instanceof Float32Array) yield values;
}
