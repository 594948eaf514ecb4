import type { OnnxLowering } from "../onnx-lowering.ts";

/** `ScatterElements` over whole rows: onnxruntime's `ScatterND` adds in parallel, and loses sums where a row comes twice. */
export const gatherGradientOnnx: OnnxLowering<null> = (onnx, [table, indices, dy], [dtable]) => {
  const t = (): string => onnx.temporary();
  const [shape, zeros, rowShape, wide, column, rows] = [t(), t(), t(), t(), t(), t()];
  onnx.node("Shape", [table], [shape]);
  onnx.node("Expand", [onnx.constant("f32", [0], []), shape], [zeros]);
  onnx.node("Shape", [dy as string], [rowShape]);
  onnx.node("Cast", [indices], [wide], { to: { int: onnx.dtype("i64") } });
  onnx.node("Reshape", [wide, onnx.constant("i64", [-1, 1], [2])], [column]);
  onnx.node("Expand", [column, rowShape], [rows]);
  const attributes = { axis: { int: 0 }, reduction: { string: "add" } };
  onnx.node("ScatterElements", [zeros, rows, dy as string], [dtable], attributes);
};
