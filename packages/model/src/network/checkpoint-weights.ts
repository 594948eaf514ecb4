import { l2NormalizeRows, type WeightChunk, type WeightReader } from "@baichuan2/kernels";
import type { WeightFormat } from "@baichuan2/kernels";
import { toBfloat16Bits, toFloat16Bits, type QuantJob, type QuantPool } from "@baichuan2/quant";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { StoredLinear } from "../checkpoint/quantized/stored-linear.ts";
import { isDecoderLinear } from "../config.ts";
import { floatRows } from "./float-rows.ts";
import { LM_HEAD } from "./inference-graph.ts";
import { quantizeLinear } from "./quantize-linear.ts";
import { decodedChunks, storedChunks } from "./stored-linear-chunks.ts";
import type { WeightPlan } from "./weight-plan.ts";

/** How a checkpoint's weights are to be given; as float32 where nothing is said. */
export interface CheckpointWeightsOptions {
  readonly plan?: WeightPlan | undefined;
  /** Linears that are quantized on disk. */
  readonly linears?: ReadonlyMap<string, StoredLinear> | undefined;
  /** Encodes; needed where the plan wants another format than the stored one. */
  readonly pool?: Pick<QuantPool, "map"> | undefined;
}

/**
 * The weights of a checkpoint for the inference graph, streamed in blocks of rows and quantized on the way.
 *
 * NormHead is folded in here: the rows of `lm_head.weight` are normalised once, in float32. The checkpoint itself keeps
 * the raw rows, which training and export need.
 */
export function checkpointWeights(
  checkpoint: Checkpoint,
  { plan, linears = new Map(), pool }: CheckpointWeightsOptions = {},
): WeightReader {
  return {
    async *read(name, signal) {
      const shape = checkpoint.tensors.get(name)?.shape ?? [];
      const [O = 0, C = 1] = shape;
      const rows = networkRows(checkpoint, name, signal);
      const stored = linears.get(name);
      const isQuantized = plan?.quantization && isDecoderLinear(name);
      const linear = isQuantized
        ? await quantizeLinear(
            { name, shape: [O, C], rows },
            plan.quantization,
            required(pool),
            signal,
          )
        : stored;
      const format = plan?.formatOf(name, stored?.shape ?? shape) ?? F32;
      if (!linear) yield* encodedChunks(rows, format, C, pool, signal);
      else if (format.kind === "f32") yield* decodedChunks(linear, signal);
      else yield* storedChunks(linear, signal);
    },
  };
}

const F32: WeightFormat = { kind: "f32" };

/** Rows as float32; those of the head normalised. */
async function* networkRows(
  checkpoint: Checkpoint,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  for await (const values of floatRows(checkpoint, name, { signal })) {
    if (name === LM_HEAD) l2NormalizeRows(values, checkpoint.config.hiddenSize);
    yield values;
  }
}

/** What is not a linear of the decoder: norms, embeddings and head. */
async function* encodedChunks(
  rows: AsyncIterable<Float32Array<ArrayBuffer>>,
  format: WeightFormat,
  cols: number,
  pool: Pick<QuantPool, "map"> | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<WeightChunk> {
  switch (format.kind) {
    case "f32":
      for await (const values of rows) yield { values };
      break;
    case "bf16":
      for await (const values of rows) yield { values: toBfloat16Bits(values) };
      break;
    case "f16":
      for await (const values of rows) yield { values: toFloat16Bits(values) };
      break;
    default:
      for await (const part of required(pool).map(jobsOf(rows, format, cols), { signal }))
        yield { ...part };
  }
}

async function* jobsOf(
  rows: AsyncIterable<Float32Array<ArrayBuffer>>,
  format: WeightFormat,
  cols: number,
): AsyncGenerator<QuantJob> {
  for await (const values of rows) {
    if (format.kind === "int8") yield { kind: "int8-rows", values, cols, halfFirst: false };
    else if (format.kind === "int16") yield { kind: "int16-rows", values, cols };
    else if (format.kind === "int8-blocks")
      yield { kind: "int8-blocks", values, cols, blockSize: format.blockSize };
    else throw new Error(`checkpointWeights: expected no ${format.kind} outside the linears`);
  }
}

function required(pool: Pick<QuantPool, "map"> | undefined): Pick<QuantPool, "map"> {
  if (pool) return pool;
  throw new Error("checkpointWeights: expected a pool to encode with, got none");
}
