import {
  CheckpointError,
  checkWeights,
  countParameters,
  estimateDisk,
  publishedConfig,
  quantizationOf,
  slotBytes,
  type Checkpoint,
  type CheckpointFile,
  type DiskEstimate,
  type ModelConfig,
  type PositionScheme,
  type Quantization,
  type ShapeName,
  type WeightDtype,
} from "@baichuan2/model";
import { estimatesOf } from "./memory-estimates.ts";

/** What can be told of a checkpoint without loading it. */
export interface Inspection {
  readonly path: string;
  /** Published size, or "other". */
  readonly variant: "7B" | "13B" | "other";
  readonly positionScheme: PositionScheme;
  /** Base and Chat have the same files; nothing in them tells which it is. */
  readonly tuning: "unknown";
  readonly format: Checkpoint["format"];
  /** How the linears are quantized in the files; null if they are not. */
  readonly quantization: Pick<Quantization, "format" | "layout"> | null;
  /** Number of tensors in the files. */
  readonly tensors: number;
  /** Elements of the tensors; for quantized weights, of the network they stand for. */
  readonly parameters: number;
  /** Tensors by stored dtype. */
  readonly dtypes: Readonly<Record<string, number>>;
  /** Bytes of the tensors. */
  readonly bytes: number;
  readonly files: readonly CheckpointFile[];
  readonly tokenizer: boolean;
  readonly config: ModelConfig;
  /** Bytes of the weights in files, by number type of the linears. */
  readonly disk: DiskEstimate;
  /**
   * Bytes of the weights in memory, by each `--dtype` that the checkpoint can be loaded as; embeddings are mapped from a
   * file and not in it.
   */
  readonly memory: Readonly<Partial<Record<WeightDtype, number>>>;
  /** Bytes of the float32 keys and values of one token. */
  readonly cacheBytesPerToken: number;
  /** Why the checkpoint cannot be loaded; empty if it can. */
  readonly problems: readonly string[];
}

/** Describes an open checkpoint. */
export function inspectCheckpoint(checkpoint: Checkpoint, hasTokenizer: boolean): Inspection {
  const { path, config, format, files } = checkpoint;
  const tensors = [...checkpoint.tensors.values()];
  const quantization = quantizationOf(checkpoint);
  const stored = tensors.reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0);
  return {
    path,
    variant: variantOf(config),
    positionScheme: config.positionScheme,
    tuning: "unknown",
    format,
    quantization: quantization
      ? { format: quantization.format, layout: quantization.layout }
      : null,
    tensors: tensors.length,
    parameters: quantization ? countParameters(config) : stored,
    dtypes: countBy(tensors.map(({ dtype }) => dtype)),
    bytes: tensors.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
    files,
    tokenizer: hasTokenizer,
    config,
    disk: estimateDisk(config),
    memory: weightsByDtype(config, quantization?.format),
    cacheBytesPerToken: slotBytes(config),
    problems: problemsOf(checkpoint),
  };
}

function weightsByDtype(
  config: ModelConfig,
  stored: Quantization["format"] | undefined,
): Inspection["memory"] {
  const estimates = estimatesOf(config, stored);
  return Object.fromEntries(estimates.map(({ dtype, weightsBytes }) => [dtype, weightsBytes]));
}

const shapeKeys = [
  "positionScheme",
  "hiddenSize",
  "intermediateSize",
  "numHiddenLayers",
  "numAttentionHeads",
  "vocabSize",
] as const satisfies (keyof ModelConfig)[];

function variantOf(config: ModelConfig): Inspection["variant"] {
  const isShape = (shape: ShapeName): boolean => {
    const published = publishedConfig(shape);
    return shapeKeys.every((key) => config[key] === published[key]);
  };
  if (isShape("7b")) return "7B";
  return isShape("13b") ? "13B" : "other";
}

function problemsOf(checkpoint: Checkpoint): readonly string[] {
  try {
    checkWeights(checkpoint);
    return [];
  } catch (error) {
    if (error instanceof CheckpointError) return error.problems;
    throw error;
  }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
