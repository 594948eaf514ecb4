import { realpath, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UnsupportedError } from "@baichuan2/kernels";
import type { BlockSize } from "@baichuan2/quant";
import { checkWeights } from "../checkpoint/check-weights.ts";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { quantizationOf } from "../checkpoint/quantized/quantization-of.ts";
import { int4Defaults, type LinearQuantization } from "../network/quantize-linear.ts";
import { readJsonFile } from "../read-json-file.ts";
import { OutputError } from "./output-error.ts";
import { linearShape } from "./shards.ts";

/** Formats that `quantizeCheckpoint` writes. */
export type FileFormat = "nf4" | "int8" | "int4";

const FORMATS: readonly string[] = ["nf4", "int8", "int4"];
const BLOCK_SIZES: readonly number[] = [32, 64, 128];

/**
 * What the linears become.
 *
 * @throws {UnsupportedError} for a format or block size that is not there.
 */
export function quantizationFor(
  format: FileFormat,
  blockSize: BlockSize | undefined,
): LinearQuantization {
  const refuse = (what: string, hint: string): never => {
    throw new UnsupportedError("quantizeCheckpoint", what, hint);
  };
  if (!FORMATS.includes(format)) refuse(`format "${format}"`, `use ${FORMATS.join(", ")}`);
  if (blockSize === undefined) return format === "int4" ? int4Defaults : { format };
  if (!BLOCK_SIZES.includes(blockSize)) refuse(`blockSize ${blockSize}`, "use 32, 64 or 128");
  if (format !== "int4") return refuse(`blockSize for ${format}`, "only int4 has a choice");
  return { ...int4Defaults, blockSize };
}

/**
 * Checks all that the heads of the files tell.
 *
 * @throws {CheckpointError} if the source is damaged or quantized already, or a shape does not fit the blocks.
 */
export function refuseUnfit(checkpoint: Checkpoint, quantization: LinearQuantization): void {
  refuseQuantized(checkpoint);
  checkWeights(checkpoint);
  if (quantization.format !== "int4") return;
  const { blockSize } = quantization;
  for (const tensor of checkpoint.tensors.values()) {
    const [, C = 0] = linearShape(tensor) ?? [];
    if (C % blockSize !== 0)
      throw new CheckpointError(
        tensor.file,
        `expected rows of a multiple of ${blockSize} for int4, got shape [${tensor.shape.join(", ")}] (use another block size, or nf4)`,
        { tensor: tensor.name },
      );
  }
}

/** @throws {CheckpointError} if the weights are quantized. */
export function refuseQuantized(checkpoint: Checkpoint): void {
  const already = quantizationOf(checkpoint);
  if (already)
    throw new CheckpointError(
      checkpoint.path,
      `expected unquantized weights, got weights that are already quantized to ${already.format} (use the unquantized checkpoint)`,
    );
}

/**
 * Keeps the result out of its source: both are read and written for a long time, and one of them may be removed.
 *
 * @throws {OutputError} if `out` is the source, or a place in it.
 */
export async function refuseInside(source: string, out: string): Promise<void> {
  const path = relative(await realpath(source), await realPlace(resolve(out)));
  if (path !== "" && (path === ".." || path.startsWith(`..${sep}`) || resolve(path) === path))
    return;
  const where = path === "" ? "the model itself" : "a place in it";
  throw new OutputError(
    out,
    "inside-source",
    `expected a place outside of the model's directory, got ${where} (choose another place)`,
  );
}

/** The real path of what may not be there yet. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPlace(parent), relative(parent, path));
  }
}

/** Counts up when the encoders' results change: shards of two versions do not belong together. */
const ENCODING = 1;

/** What tells one state of a source, and one way to quantize it, from another without reading the weights. */
export async function planOf(
  { path, files }: Checkpoint,
  quantization: LinearQuantization,
): Promise<Readonly<Record<string, unknown>>> {
  const weights = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file.path);
      return { path: resolve(file.path), size, mtimeMs };
    }),
  );
  const config = await readJsonFile(join(path, "config.json"));
  return { encoding: ENCODING, quantization, source: { config, weights } };
}
