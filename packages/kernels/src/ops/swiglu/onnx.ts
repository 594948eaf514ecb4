import type { OnnxLowering } from "../onnx-lowering.ts";

/** QuickGelu is `z · sigmoid(alpha · z)`; with alpha 1 that is silu, in one pass. */
export const swigluOnnx: OnnxLowering<null> = (onnx, [gate, up], [y]) => {
  const silu = onnx.temporary();
  onnx.node("QuickGelu", [gate], [silu], { alpha: { float: 1 } }, "com.microsoft");
  onnx.node("Mul", [silu, up], [y]);
};
