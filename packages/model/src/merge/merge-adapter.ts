import { lstat } from "node:fs/promises";
import { resolve } from "node:path";
import { UnsupportedError } from "@baichuan2/kernels";
import type { Adapter } from "../adapter/adapter.ts";
import { adapterSource } from "../adapter/adapter-options.ts";
import { checkAdapter } from "../adapter/check-adapter.ts";
import { openAdapter } from "../adapter/node-open-adapter.ts";
import { checkWeights } from "../checkpoint/check-weights.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint/checkpoint.ts";
import { copyCompanions } from "../checkpoint/node-companions.ts";
import { TORCH_DTYPES, writeTorchDtype } from "../checkpoint/node-torch-dtype.ts";
import { openCheckpoint } from "../checkpoint/node-open-checkpoint.ts";
import { writeWeights, type WeightToWrite } from "../checkpoint/node-write-weights.ts";
import { expectedTensors } from "../config.ts";
import { OutputError } from "../quantize/output-error.ts";
import { refuseInside, refuseQuantized } from "../quantize/plan-quantization.ts";
import { writeFolder } from "../write-folder.ts";
import { mergedChunks, type MergeDtype } from "./merged-chunks.ts";

/** What is to be merged. */
export interface MergeAdapterOptions {
  /** Directory of an unquantized checkpoint. */
  readonly model: string;
  /** Folder that PEFT saved. */
  readonly adapter: string;
  /** Directory to be made. */
  readonly output: string;
  /** Times the scaling that the adapter's config says; default 1. */
  readonly scale?: number | undefined;
  /** Number type of all weights that are written; default: each as it is stored. */
  readonly dtype?: MergeDtype | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every tensor with the bytes of the source that are done. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/** What was written. */
export interface MergeReport {
  /** Weights that the adapter has changed, in the order of the network. */
  readonly merged: readonly string[];
  /** Tensors of the source, and weight files of the result, in bytes. */
  readonly sourceBytes: number;
  readonly outBytes: number;
}

/**
 * Writes a checkpoint with a LoRA adapter in its weights, `W + scaling · B · A`, which then needs none: for other programs,
 * and for `quantizeCheckpoint`. One tensor's rows are in memory at a time. Sums are float32, rounded once to the type that is
 * written. Tokenizer and settings are copied.
 *
 * The result appears under its name when it is whole; until then it grows in `{output}.unfinished-…`, which goes with a
 * failure or an abort.
 *
 * ```ts
 * await mergeAdapter({ model: "Baichuan2-7B-Base", adapter: "poet", output: "Baichuan2-7B-Poet" });
 * ```
 *
 * @throws {CheckpointError} if the model is damaged or quantized, a result is not finite, or a file cannot be written.
 * @throws {AdapterError} "shape" if the adapter is made for another model.
 * @throws {OutputError} if `output` exists or is in the model's directory.
 * @throws {UnsupportedError} for a dtype that is not there, or what is not plain LoRA.
 */
export async function mergeAdapter(options: MergeAdapterOptions): Promise<MergeReport> {
  const { model, output, scale, dtype, signal } = options;
  if (dtype !== undefined && !Object.hasOwn(TORCH_DTYPES, dtype))
    throw new UnsupportedError("mergeAdapter", `dtype "${String(dtype)}"`, "use f32, bf16 or f16");
  const source = adapterSource(options.adapter, { path: options.adapter, scale });
  await using checkpoint = await openCheckpoint(model, { signal });
  refuseQuantized(checkpoint);
  checkWeights(checkpoint);
  const adapter = await openAdapter(source.path, { signal });
  checkAdapter(adapter, checkpoint.config);
  await refuseInside(model, output);
  await refuseOccupied(output);

  const sourceTensors = tensorsOf(checkpoint);
  const tensors = tensorsToWrite(checkpoint, sourceTensors, adapter, options);
  let outBytes = 0;
  await writeFolder(
    resolve(output),
    async (directory) => {
      outBytes = await writeWeights(directory, tensors, { signal });
      await copyCompanions(model, directory);
      if (dtype !== undefined) await writeTorchDtype(model, directory, dtype);
    },
    { replaces: false },
  );
  const merged = sourceTensors.map(({ name }) => name).filter((name) => isMerged(adapter, name));
  return { merged, sourceBytes: bytesOf(sourceTensors), outBytes };
}

/** Tensors of the network, in its order. */
function tensorsOf({ config, tensors }: Checkpoint): readonly TensorInfo[] {
  return [...expectedTensors(config).keys()].flatMap((name) => tensors.get(name) ?? []);
}

function tensorsToWrite(
  checkpoint: Checkpoint,
  sourceTensors: readonly TensorInfo[],
  adapter: Adapter,
  { dtype, scale = 1, signal, onProgress }: MergeAdapterOptions,
): readonly WeightToWrite[] {
  const totalBytes = bytesOf(sourceTensors);
  let doneBytes = 0;
  const onDone = ({ sizeBytes }: TensorInfo): void => {
    doneBytes += sizeBytes;
    onProgress?.(doneBytes, totalBytes);
  };
  return sourceTensors.map((info) => {
    const linear = adapter.linears.get(linearOf(info.name));
    const part = { info, linear, dtype, scale };
    const chunks = mergedChunks(checkpoint, part, { signal, onDone });
    return { name: info.name, shape: info.shape, dtype: dtype ?? info.dtype, chunks };
  });
}

function isMerged({ linears }: Adapter, weight: string): boolean {
  return linears.has(linearOf(weight));
}

function linearOf(weight: string): string {
  return weight.replace(/\.weight$/, "");
}

function bytesOf(tensors: readonly TensorInfo[]): number {
  return tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

async function refuseOccupied(output: string): Promise<void> {
  const isFree = await lstat(output).then(
    () => false,
    () => true,
  );
  if (isFree) return;
  throw new OutputError(
    output,
    "exists",
    "expected nothing there, got a file or directory (remove it, or choose another place)",
  );
}
