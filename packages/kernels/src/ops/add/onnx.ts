import type { OnnxLowering } from "../onnx-lowering.ts";

export const addOnnx: OnnxLowering<null> = (onnx, [a, b], [y]) => {
  onnx.node("Add", [a, b], [y]);
};
