import type { OnnxLowering } from "../onnx-lowering.ts";
import type { ScaleAttributes } from "./op.ts";

export const scaleOnnx: OnnxLowering<ScaleAttributes> = (onnx, [x], [y], { factor }) => {
  onnx.node("Mul", [x, onnx.constant("f32", [factor], [])], [y]);
};
