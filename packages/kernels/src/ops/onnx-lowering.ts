import type { Shape } from "../graph/tensor-type.ts";

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
  constant(dtype: "f32" | "i64", values: readonly number[], shape: readonly number[]): string;
  /** A new name for a tensor between two nodes of one lowering. */
  temporary(): string;
}

/** Writes one op as ONNX nodes. `shapes` are the declared shapes of the inputs. */
export type OnnxLowering<Attributes> = (
  onnx: OnnxWriter,
  inputs: [string, string, ...string[]],
  outputs: [string, ...string[]],
  attributes: Attributes,
  shapes: readonly Shape[],
) => void;
