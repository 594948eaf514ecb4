import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { toBfloat16Bits, toFloat16Bits, type BlockSize, type QuantPool } from "@baichuan2/quant";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { checkWeights } from "../checkpoint/check-weights.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint/checkpoint.ts";
import { itemSize } from "../checkpoint/dtype.ts";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { writeSafetensors, type TensorData } from "../checkpoint/node-safetensors-writer.ts";
import { quantizationOf } from "../checkpoint/quantized/quantization-of.ts";
import { bytesOf } from "../checkpoint/quantized/tensor-values.ts";
import { quantizationConfig } from "../checkpoint/quantized/write-quantization-config.ts";
import type { TensorDeclaration } from "../checkpoint/safetensors-writer.ts";
import { elementCount } from "../checkpoint/stored-tensor.ts";
import { writeWeightIndex } from "../checkpoint/weight-index.ts";
import { floatRows } from "../network/float-rows.ts";
import {
  int4Defaults,
  quantizeLinear,
  type LinearQuantization,
} from "../network/quantize-linear.ts";
import { decodedChunks } from "../network/stored-linear-chunks.ts";
import { readJsonFile } from "../read-json-file.ts";
import { declareLinear, linearTensors } from "./linear-tensors.ts";
import { linearShape, shardsOf, type Shard } from "./shards.ts";
import { StagingDirectory, type FinishedShard } from "./staging-directory.ts";
import { weightError, type LinearError } from "./weight-error.ts";

/** How `quantizeCheckpoint` works. */
export interface QuantizeCheckpointOptions {
  /** What the five linears of each layer become. */
  readonly format: "nf4" | "int8" | "int4";
  /** Weights that share a scale, int4 only; default 64. */
  readonly blockSize?: BlockSize | undefined;
  /** Also compares every linear with what it was; reads the checkpoint twice. */
  readonly report?: boolean | undefined;
  /** Threads that encode; default: all. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every shard with the bytes of the source that are done. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** What was written. */
export interface QuantizeReport {
  readonly format: "nf4" | "int8" | "int4";
  /** Weight files of the source and of the result, in bytes. */
  readonly sourceBytes: number;
  readonly outBytes: number;
  /** Shards that an interrupted run had finished. */
  readonly resumedShards: number;
  /** Each linear against what it was; empty without `report`. */
  readonly linears: readonly LinearError[];
}

/**
 * Writes a quantized copy of a checkpoint, layer by layer: nf4 and int8 in the layout of transformers with bitsandbytes, int4
 * in that of compressed-tensors. Embeddings, head and norms keep their numbers; tokenizer and settings are copied.
 *
 * The result appears under its name when it is whole. After a crash the same call goes on where the last one ended.
 *
 * @param source - Directory of an unquantized checkpoint.
 * @param out - Directory to be made.
 * @throws {CheckpointError} if the source is damaged or quantized already, a shape does not fit the blocks, or `out` exists.
 */
export async function quantizeCheckpoint(
  source: string,
  out: string,
  options: QuantizeCheckpointOptions,
): Promise<QuantizeReport> {
  const { format, signal } = options;
  await using checkpoint = await openCheckpoint(source, { signal });
  const quantization = quantizationFor(options);
  const shards = shardsOf(checkpoint);
  refuseUnfit(checkpoint, shards, quantization);
  const report = options.report ?? false;
  const plan = { ...quantization, report, source: await fingerprint(checkpoint) };
  const staging = await StagingDirectory.open(out, plan);
  await using pool = createNodeQuantPool(
    options.threads === undefined ? {} : { threads: options.threads },
  );
  const work: ShardWork = { checkpoint, quantization, pool, staging, report, signal };

  const resumedShards = shards.filter(({ file }) => staging.finished(file)).length;
  const sourceBytes = sum(shards.map(sourceBytesOf));
  let doneBytes = 0;
  const finished: FinishedShard[] = [];
  for (const shard of shards) {
    signal?.throwIfAborted();
    finished.push(staging.finished(shard.file) ?? (await writeShard(shard, work)));
    doneBytes += sourceBytesOf(shard);
    options.onProgress?.(doneBytes, sourceBytes);
  }
  await writeRest(checkpoint, shards, quantization, staging);
  await staging.complete();
  return {
    format,
    sourceBytes,
    outBytes: sum(finished.map(({ sizeBytes }) => sizeBytes)),
    resumedShards,
    linears: finished.flatMap(({ errors }) => errors),
  };
}

function quantizationFor({ format, blockSize }: QuantizeCheckpointOptions): LinearQuantization {
  if (format !== "int4") return { format };
  return { ...int4Defaults, ...(blockSize === undefined ? {} : { blockSize }) };
}

function refuseUnfit(
  checkpoint: Checkpoint,
  shards: readonly Shard[],
  quantization: LinearQuantization,
): void {
  const already = quantizationOf(checkpoint);
  if (already)
    throw new CheckpointError(
      checkpoint.path,
      `expected unquantized weights, got weights that are already quantized to ${already.format} (use the unquantized checkpoint)`,
    );
  checkWeights(checkpoint);
  if (quantization.format !== "int4") return;
  const { blockSize } = quantization;
  for (const tensor of shards.flatMap(({ tensors }) => tensors)) {
    const C = linearShape(tensor)?.[1] ?? 0;
    if (C % blockSize !== 0)
      throw new CheckpointError(
        tensor.file,
        `expected rows of a multiple of ${blockSize} for int4, got shape [${tensor.shape.join(", ")}] (use another block size, or nf4)`,
        { tensor: tensor.name },
      );
  }
}

/** What tells one state of a source from another without reading it whole. */
async function fingerprint({ path, files }: Checkpoint): Promise<unknown> {
  const weights = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file.path);
      return { path: resolve(file.path), size, mtimeMs };
    }),
  );
  return { config: await readJsonFile(join(path, "config.json")), weights };
}

interface ShardWork {
  readonly checkpoint: Checkpoint;
  readonly quantization: LinearQuantization;
  readonly pool: QuantPool;
  readonly staging: StagingDirectory;
  readonly report: boolean;
  readonly signal: AbortSignal | undefined;
}

async function writeShard({ file, tensors }: Shard, work: ShardWork): Promise<FinishedShard> {
  const { staging, signal, quantization } = work;
  const errors: LinearError[] = [];
  const path = join(staging.path, file);
  const declared = tensors.flatMap((tensor) => declare(tensor, quantization));
  const sizeBytes = await writeSafetensors(path, declared, shardData(tensors, work, errors), {
    signal,
  });
  await staging.finish(file, { sizeBytes, errors });
  return { sizeBytes, errors };
}

function declare(
  tensor: TensorInfo,
  quantization: LinearQuantization,
): readonly TensorDeclaration[] {
  const shape = linearShape(tensor);
  return shape ? declareLinear(tensor.name, shape, quantization) : [tensor];
}

async function* shardData(
  tensors: readonly TensorInfo[],
  { checkpoint, quantization, pool, report, signal }: ShardWork,
  errors: LinearError[],
): AsyncGenerator<TensorData> {
  for (const tensor of tensors) {
    const { name } = tensor;
    const rows = (): AsyncGenerator<Float32Array<ArrayBuffer>> =>
      floatRows(checkpoint, name, { signal });
    const shape = linearShape(tensor);
    if (!shape) {
      yield { name, chunks: storedBytes(rows(), tensor.dtype) };
      continue;
    }
    const linear = await quantizeLinear({ name, shape, rows: rows() }, quantization, pool, signal);
    for (const { bytes, ...part } of await linearTensors(linear))
      yield { name: part.name, chunks: [bytes] };
    if (report)
      errors.push(await weightError(name, rows(), valuesOf(decodedChunks(linear, signal))));
  }
}

/** Numbers in the type they were stored in. */
async function* storedBytes(
  rows: AsyncIterable<Float32Array<ArrayBuffer>>,
  dtype: TensorInfo["dtype"],
): AsyncGenerator<Uint8Array> {
  for await (const values of rows) {
    if (dtype === "bf16") yield bytesOf(toBfloat16Bits(values));
    else if (dtype === "f16") yield bytesOf(toFloat16Bits(values));
    else yield bytesOf(values);
  }
}

async function* valuesOf(
  chunks: AsyncIterable<Readonly<Record<string, ArrayBufferView>>>,
): AsyncGenerator<Float32Array> {
  for await (const { values } of chunks) if (values instanceof Float32Array) yield values;
}

/** Index, config and everything small that lies beside the weights. */
async function writeRest(
  checkpoint: Checkpoint,
  shards: readonly Shard[],
  quantization: LinearQuantization,
  staging: StagingDirectory,
): Promise<void> {
  const { path } = checkpoint;
  const declared = new Map(
    shards.map(({ file, tensors }) => [
      file,
      tensors.flatMap((tensor) => declare(tensor, quantization)),
    ]),
  );
  const sizes = [...declared.values()].flat().map((tensor) => {
    return elementCount(tensor.shape) * itemSize(tensor.dtype);
  });
  const names = new Map(
    [...declared].map(([file, tensors]) => [file, tensors.map(({ name }) => name)]),
  );
  await staging.writeText("model.safetensors.index.json", writeWeightIndex(names, sum(sizes)));
  const config = (await readJsonFile(join(path, "config.json"))) as Record<string, unknown>;
  const { format, ...blocks } = quantization;
  const quantization_config = quantizationConfig(format, blocks);
  await staging.writeText(
    "config.json",
    `${JSON.stringify({ ...config, quantization_config }, null, 2)}\n`,
  );
  for (const name of await readdir(path))
    if (await isCompanion(join(path, name), name)) await staging.copy(join(path, name));
}

/** Weights in any format, and what describes them: all that must not be copied. */
const WEIGHTS = /\.(bin|safetensors|pt|pth|gguf|onnx|h5|msgpack)$|\.index\.json$|^config\.json$/;

/** Tokenizers, settings, licences and code are small; anything larger is not part of a checkpoint. */
const MAX_COMPANION_BYTES = 64 << 20;

async function isCompanion(path: string, name: string): Promise<boolean> {
  if (WEIGHTS.test(name) || name.startsWith(".")) return false;
  const entry = await stat(path).catch(() => undefined);
  return entry !== undefined && entry.isFile() && entry.size <= MAX_COMPANION_BYTES;
}

function sourceBytesOf({ tensors }: Shard): number {
  return sum(tensors.map(({ sizeBytes }) => sizeBytes));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
