import { l2NormalizeRows, type WeightChunk, type WeightReader } from "@baichuan2/kernels";
import type { WeightFormat } from "@baichuan2/kernels";
import type { QuantJob, QuantPool } from "@baichuan2/quant";
import type { Checkpoint, TensorInfo } from "../checkpoint/checkpoint.ts";
import { refuseNotFinite, refuseNotFiniteBits } from "../checkpoint/quantized/refuse-not-finite.ts";
import type { StoredLinear } from "../checkpoint/quantized/stored-linear.ts";
import { isDecoderLinear } from "../config.ts";
import { LM_HEAD } from "./inference-graph.ts";
import { int4Defaults, quantizeLinear, type LinearQuantization } from "./quantize-linear.ts";
import { decodedChunks, storedChunks } from "./stored-linear-chunks.ts";
import type { WeightPlan } from "./weight-plan.ts";
import { weightEncodingError } from "./weight-encoding-error.ts";
import { floatRows, storedRows } from "./weight-rows.ts";

/** How a checkpoint's weights are to be given; as float32 where nothing is said. */
export interface CheckpointWeightsOptions {
  readonly plan?: WeightPlan | undefined;
  /** Linears that are quantized on disk. */
  readonly linears?: ReadonlyMap<string, StoredLinear> | undefined;
  /** Encodes; needed where the plan wants another format than the stored one. */
  readonly pool?: Pick<QuantPool, "map"> | undefined;
  /** What the files hold (`checkpointIdentity`); absent: a backend keeps nothing of the weights. */
  readonly identity?: string | undefined;
}

/** To be raised whenever the same files give other bytes in the same format: another rounding, another fold. */
const ENCODING_VERSION = 1;

/**
 * The weights of a checkpoint for the inference graph, streamed in blocks of rows and quantized on the way. Weights that
 * are not finite fail by tensor and file; in float32 they are passed on, as the original does.
 *
 * NormHead is folded in here: the rows of `lm_head.weight` are normalised once, in float32. The checkpoint itself keeps
 * the raw rows, which training and export need.
 */
export function checkpointWeights(
  checkpoint: Checkpoint,
  { plan, linears = new Map(), pool, identity }: CheckpointWeightsOptions = {},
): WeightReader {
  const encoding = { version: ENCODING_VERSION, quantization: plan?.quantization };
  return {
    identity:
      identity === undefined ? undefined : `checkpoint:${JSON.stringify(encoding)}:${identity}`,
    async *read(name, signal) {
      const isChecked = plan !== undefined && plan.dtype !== "float32";
      const weight = { checkpoint, name, pool, signal, isChecked };
      try {
        const linear = linears.get(name) ?? (await quantizedLinear(weight, plan?.quantization));
        const shape = linear?.shape ?? checkpoint.tensors.get(name)?.shape ?? [];
        const format = plan?.formatOf(name, shape) ?? F32;
        if (!linear) yield* otherChunks(weight, format);
        else if (format.kind === "f32") yield* decodedChunks(linear, signal);
        else yield* storedChunks(linear, signal);
      } catch (error) {
        const file = checkpoint.tensors.get(name)?.file ?? checkpoint.path;
        throw weightEncodingError(error, { name, file });
      }
    },
  };
}

const F32: WeightFormat = { kind: "f32" };

/** A weight to be read, and what reads it. */
interface WeightToRead {
  readonly checkpoint: Checkpoint;
  readonly name: string;
  readonly pool: Pick<QuantPool, "map"> | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether numbers that are not finite are refused. */
  readonly isChecked: boolean;
}

/** One of the five linears, quantized now; undefined for other weights and where none is to be. */
async function quantizedLinear(
  { checkpoint, name, pool, signal }: WeightToRead,
  quantization: LinearQuantization | undefined,
): Promise<StoredLinear | undefined> {
  if (!quantization || !isDecoderLinear(name)) return undefined;
  const [O = 0, C = 0] = checkpoint.tensors.get(name)?.shape ?? [];
  const rows = storedRows(checkpoint, name, { signal });
  return quantizeLinear({ name, shape: [O, C], rows }, quantization, required(pool), signal);
}

/** Norms, embeddings, head, and linears that stay as they are. */
async function* otherChunks(
  weight: WeightToRead,
  format: WeightFormat,
): AsyncGenerator<WeightChunk> {
  const { pool, signal } = weight;
  switch (format.kind) {
    case "bf16":
    case "f16": // the plan takes the type of the file, so bits are passed on
      yield* storedBits(weight);
      break;
    case "f32":
      for await (const values of networkRows(weight)) yield { values };
      break;
    default:
      for await (const parts of required(pool).map(jobsOf(weight, format), { signal }))
        yield { ...parts };
  }
}

async function* storedBits(weight: WeightToRead): AsyncGenerator<WeightChunk> {
  const { checkpoint, name, signal, isChecked } = weight;
  const info = infoOf(weight);
  let start = 0;
  for await (const { values, dtype } of storedRows(checkpoint, name, { signal })) {
    if (isChecked && dtype !== "f32") refuseNotFiniteBits(info, values, dtype, { start });
    start += values.length;
    yield { values };
  }
}

function infoOf({ checkpoint, name }: WeightToRead): TensorInfo {
  const info = checkpoint.tensors.get(name);
  if (info) return info;
  throw new Error(`checkpointWeights: expected "${name}" in the checkpoint, got none`);
}

/** Rows as float32; those of the head normalised. */
async function* networkRows(weight: WeightToRead): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const { checkpoint, name, signal, isChecked } = weight;
  const info = infoOf(weight);
  let start = 0;
  for await (const values of floatRows(checkpoint, name, { signal })) {
    if (isChecked) refuseNotFinite(info, values, { start });
    start += values.length;
    if (name === LM_HEAD) l2NormalizeRows(values, checkpoint.config.hiddenSize);
    yield values;
  }
}

async function* jobsOf(weight: WeightToRead, format: WeightFormat): AsyncGenerator<QuantJob> {
  const [, cols = 1] = infoOf(weight).shape;
  for await (const values of networkRows(weight)) {
    if (format.kind === "int8") yield { kind: "int8-rows", values, cols, halfFirst: false };
    else if (format.kind === "int16") yield { kind: "int16-rows", values, cols };
    else if (format.kind === "int8-blocks")
      yield { kind: "int8-blocks", values, cols, blockSize: format.blockSize };
    else if (format.kind === "int4")
      yield { ...format, values, cols, scaleDtype: int4Defaults.scaleDtype };
    else throw new Error(`checkpointWeights: expected no ${format.kind} outside the linears`);
  }
}

function required(pool: Pick<QuantPool, "map"> | undefined): Pick<QuantPool, "map"> {
  if (pool) return pool;
  throw new Error("checkpointWeights: expected a pool to encode with, got none");
}
