import type { OnnxLowering } from "../onnx-lowering.ts";

export const gatherOnnx: OnnxLowering<null> = (onnx, [table, indices], [y]) => {
  onnx.node("Gather", [table, indices], [y], { axis: { int: 0 } });
};
