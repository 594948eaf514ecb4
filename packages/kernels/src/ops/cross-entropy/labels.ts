import type { OnnxWriter } from "../onnx-lowering.ts";

/** Labels as a column of indices that exist, and 1 or 0 for rows with and without one; `[R, 1]` each. */
export function labelColumns(
  onnx: OnnxWriter,
  labels: string,
): { readonly indices: string; readonly counts: string } {
  const t = (): string => onnx.temporary();
  const [wide, column, indices, isLabel, counts] = [t(), t(), t(), t(), t()];
  const zero = onnx.constant("i64", [0], []);
  onnx.node("Cast", [labels], [wide], { to: { int: onnx.dtype("i64") } });
  onnx.node("Reshape", [wide, onnx.constant("i64", [-1, 1], [2])], [column]);
  onnx.node("Max", [column, zero], [indices]);
  onnx.node("GreaterOrEqual", [column, zero], [isLabel]);
  onnx.node("Cast", [isLabel], [counts], { to: { int: onnx.dtype("f32") } });
  return { indices, counts };
}
