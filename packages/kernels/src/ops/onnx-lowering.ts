import type { Shape } from "../graph/tensor-type.ts";
import type { WeightFormat } from "../graph/weight-format.ts";

/** An ONNX attribute value: integers and floats are told apart by their wrapper. */
export type OnnxAttribute =
  | { int: number }
  | { float: number }
  | { ints: readonly number[] }
  | { string: string };

/** The ONNX graph being written; names of tensors are strings as in ONNX. */
export interface OnnxWriter {
  /**
   * Appends a node.
   * @param domain - `""` for ai.onnx, `"com.microsoft"` for ONNX Runtime's contrib ops.
   */
  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: "" | "com.microsoft",
  ): void;
  /** A small constant tensor; returns its name. */
  constant(
    dtype: "f32" | "i64" | "u8" | "i8",
    values: readonly number[],
    shape: readonly number[],
  ): string;
  /** ONNX's number of an element type, for `Cast`. */
  dtype(name: "f32" | "f16" | "i64" | "u8"): number;
  /** How the bytes of a weight's part lie: signed, or unsigned with the zero point 128. */
  byteDType(part: string): "i8" | "u8";
  /** A new name for a tensor between two nodes of one lowering. */
  temporary(): string;
}

/** What is declared of an input of a lowering. */
export interface LoweringInput {
  readonly shape: Shape;
  /** Of a weight; its parts are the initializers `partName(input, part)`. */
  readonly format?: WeightFormat | undefined;
}

/** Name of the initializer that holds a part of a weight; a float32 weight has one part and its own name. */
export function partName(weight: string, part: string): string {
  return `${weight}.${part}`;
}

/** Writes one op as ONNX nodes; `declared` tells shape and format of the inputs. */
export type OnnxLowering<Attributes> = (
  onnx: OnnxWriter,
  inputs: [string, string, ...string[]],
  outputs: [string, ...string[]],
  attributes: Attributes,
  declared: readonly [LoweringInput, LoweringInput, ...LoweringInput[]],
) => void;
