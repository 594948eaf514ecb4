import type { OnnxLowering } from "../onnx-lowering.ts";
import type { RmsNormAttributes } from "./op.ts";

/** ONNX Runtime's one-pass kernel; ai.onnx's own RMSNormalization is expanded into five nodes on the CPU. */
export const rmsNormOnnx: OnnxLowering<RmsNormAttributes> = (onnx, [x, weight], [y], { eps }) => {
  onnx.node("SimplifiedLayerNormalization", [x, weight], [y], {
    axis: { int: -1 },
    epsilon: { float: eps },
  });
};
