import type { OnnxLowering } from "../onnx-lowering.ts";

export const multiplyOnnx: OnnxLowering<null> = (onnx, [a, b], [y]) => {
  onnx.node("Mul", [a, b], [y]);
};
