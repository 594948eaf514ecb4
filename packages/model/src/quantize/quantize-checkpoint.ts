import { UnsupportedError } from "@baichuan2/kernels";
import type { BlockSize } from "@baichuan2/quant";
import { createNodeQuantPool } from "@baichuan2/quant/node";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import {
  planOf,
  quantizationFor,
  refuseInside,
  refuseUnfit,
  type FileFormat,
} from "./plan-quantization.ts";
import { shardsOf, sourceBytesOf, type Shard } from "./shards.ts";
import { StagingDirectory } from "./staging-directory.ts";
import type { FinishedShard } from "./staging-state.ts";
import type { LinearError } from "./weight-error.ts";
import { writeCompanions } from "./write-companions.ts";
import { writeShard, type ShardWork } from "./write-shard.ts";

/** How `quantizeCheckpoint` works. */
export interface QuantizeCheckpointOptions {
  /** What the five linears of each layer become. */
  readonly format: FileFormat;
  /** Weights that share a scale, int4 only; default 64. */
  readonly blockSize?: BlockSize | undefined;
  /** Also compares every linear with what it was; reads the linears twice. */
  readonly report?: boolean | undefined;
  /** Threads that encode; default: all. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every tensor with the bytes of the source that are done. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** What was written. */
export interface QuantizeReport {
  readonly format: FileFormat;
  /** Tensors of the source, and weight files of the result, in bytes. */
  readonly sourceBytes: number;
  readonly outBytes: number;
  /** Shards that an interrupted run had finished. */
  readonly resumedShards: number;
  /** Each linear against what it was, in the order of the network; empty without `report`. */
  readonly linears: readonly LinearError[];
}

/**
 * Writes a quantized copy of a checkpoint, layer by layer: nf4 and int8 in the layout of transformers with bitsandbytes, int4
 * in that of compressed-tensors. Embeddings, head and norms keep their numbers; tokenizer and settings are copied.
 *
 * The result appears under its name when it is whole. Until then it grows in `{out}.partial`; after a crash or an abort the
 * same call goes on where the last one ended.
 *
 * ```ts
 * await quantizeCheckpoint("Baichuan2-7B-Chat", "Baichuan2-7B-Chat-nf4", { format: "nf4" });
 * await using model = await loadModel("Baichuan2-7B-Chat-nf4");
 * ```
 *
 * @param source - Directory of an unquantized checkpoint.
 * @param out - Directory to be made.
 * @throws {CheckpointError} if the source is damaged or quantized already, a shape does not fit the blocks, a weight is not
 *   finite, or a file cannot be written.
 * @throws {OutputError} if `out` exists, is in the source, cannot be written, or another run works on it.
 * @throws {UnsupportedError} for a format, block size or number of threads that is not there.
 */
export async function quantizeCheckpoint(
  source: string,
  out: string,
  options: QuantizeCheckpointOptions,
): Promise<QuantizeReport> {
  const { format, blockSize, threads, signal, report = false } = options;
  const quantization = quantizationFor(format, blockSize);
  checkThreads(threads);
  await using checkpoint = await openCheckpoint(source, { signal });
  refuseUnfit(checkpoint, quantization);
  await refuseInside(source, out);
  const plan = await planOf(checkpoint, quantization);
  await using staging = await StagingDirectory.open(out, plan);
  await using pool = createNodeQuantPool(threads === undefined ? {} : { threads });

  const shards = shardsOf(checkpoint);
  const sourceBytes = sum(shards.map(sourceBytesOf));
  let doneBytes = 0;
  const onTensor = (sizeBytes: number): void => {
    doneBytes += sizeBytes;
    options.onProgress?.(doneBytes, sourceBytes);
  };
  const work = { checkpoint, quantization, pool, report, signal, onTensor };
  const written = await writeShards(shards, staging, work);
  if (!staging.isPlaced) await writeCompanions(source, shards, quantization, staging);
  await staging.complete();
  return { format, sourceBytes, ...written };
}

async function writeShards(
  shards: readonly Shard[],
  staging: StagingDirectory,
  work: ShardWork,
): Promise<Pick<QuantizeReport, "outBytes" | "resumedShards" | "linears">> {
  const finished: FinishedShard[] = [];
  let resumedShards = 0;
  for (const shard of shards) {
    work.signal?.throwIfAborted();
    const { file } = shard;
    const earlier = staging.finished(file);
    // What a run without report left is complete, but not compared.
    if (earlier && (staging.isPlaced || !work.report || earlier.errors)) {
      resumedShards++;
      finished.push(earlier);
      work.onTensor(sourceBytesOf(shard));
      continue;
    }
    const written = await writeShard(staging.pathOf(file), shard, work);
    await staging.finish(file, written);
    finished.push(written);
  }
  return {
    outBytes: sum(finished.map(({ sizeBytes }) => sizeBytes)),
    resumedShards,
    linears: work.report ? finished.flatMap(({ errors = [] }) => errors) : [],
  };
}

function checkThreads(threads = 1): void {
  if (Number.isInteger(threads) && threads >= 1) return;
  const hint = "give an integer of at least 1";
  throw new UnsupportedError("quantizeCheckpoint", `threads ${threads}`, hint);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
