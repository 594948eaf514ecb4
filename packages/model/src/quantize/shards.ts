import type { Checkpoint, TensorInfo } from "../checkpoint/checkpoint.ts";
import { expectedTensors, isDecoderLinear } from "../config.ts";

/** A file of the quantized checkpoint: one layer, or what belongs to none. */
export interface Shard {
  /** `model-00001-of-00033.safetensors` */
  readonly file: string;
  readonly tensors: readonly TensorInfo[];
}

/**
 * One shard per layer, and a first one with embeddings, final norm and head: a layer is the unit of work, so that an
 * interrupted run loses one layer at most and the memory holds one.
 */
export function shardsOf({ config, tensors }: Pick<Checkpoint, "config" | "tensors">): Shard[] {
  const groups = new Map<string, TensorInfo[]>([["", []]]);
  for (const name of expectedTensors(config).keys()) {
    const layer = /^model\.layers\.(\d+)\./.exec(name)?.[1] ?? "";
    const tensor = tensors.get(name);
    if (!tensor) continue;
    const group = groups.get(layer);
    if (group) group.push(tensor);
    else groups.set(layer, [tensor]);
  }
  const digits = (value: number): string => String(value).padStart(5, "0");
  return [...groups.values()].map((group, index) => {
    const file = `model-${digits(index + 1)}-of-${digits(groups.size)}.safetensors`;
    return { file, tensors: group };
  });
}

/** Shape of a tensor that is to be quantized; undefined for what stays as it is. */
export function linearShape({ name, shape }: TensorInfo): [number, number] | undefined {
  const [O, C] = shape;
  return isDecoderLinear(name) && O !== undefined && C !== undefined ? [O, C] : undefined;
}

/** Bytes that the tensors of a shard have in the source. */
export function sourceBytesOf({ tensors }: Shard): number {
  return tensors.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
