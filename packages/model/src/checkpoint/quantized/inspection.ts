import type { Checkpoint, TensorInfo } from "../checkpoint.ts";
import { elementCount } from "../stored-tensor.ts";
import type { QuantFormat, QuantLayout, StoredLinear } from "./stored-linear.ts";

/** What is known of a checkpoint without reading weights. */
export type CheckpointHeads = Pick<Checkpoint, "path" | "config" | "tensors" | "objects">;

/** One linear, as the heads of the files describe it. */
export interface Inspection {
  /** Key of the weight in an unquantized checkpoint. */
  readonly name: string;
  /** Undefined for float weights, missing ones and those stored twice. */
  readonly stored?: Stored | undefined;
  /** Keys that belong to it, whether complete or not. */
  readonly keys: readonly string[];
  readonly problems: readonly string[];
}

/** A linear in a quantized layout. */
export interface Stored {
  readonly format: QuantFormat;
  readonly layout: QuantLayout;
  /** Reads what is small (tables, offsets, settings) and checks it; undefined after a problem. */
  open(
    checkpoint: Checkpoint,
    problems: string[],
    signal?: AbortSignal,
  ): Promise<StoredLinear | undefined>;
}

/** Problem of one tensor, with its file. */
export function tensorProblem({ name, file }: TensorInfo, problem: string): string {
  return `tensor "${name}" in ${file}: ${problem}`;
}

/** A part that the layout needs and the checkpoint does not have. */
export function missingPart(name: string, hint: string): string {
  return `tensor "${name}" is missing (${hint})`;
}

/** What a part has to be. */
export interface ExpectedPart {
  readonly dtypes: readonly TensorInfo["dtype"][];
  /** Number of elements; layouts differ in axes of length 1. */
  readonly elements: number;
  /** What it is, e.g. "one absmax for each 64 of 4096 weights". */
  readonly what: string;
}

/** Checks type and size of a part; gives no or one problem. */
export function partProblems(info: TensorInfo, { dtypes, elements, what }: ExpectedPart): string[] {
  const isRight = dtypes.includes(info.dtype) && elementCount(info.shape) === elements;
  if (isRight) return [];
  const got = `${info.dtype} [${info.shape.join(", ")}]`;
  return [
    tensorProblem(info, `expected ${elements} of ${dtypes.join(" or ")} (${what}), got ${got}`),
  ];
}

/** Number types of parts that are read as float32. */
export const FLOATS = ["f32", "f16", "bf16"] as const;
