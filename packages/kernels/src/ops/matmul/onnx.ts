import type { OnnxLowering } from "../onnx-lowering.ts";
import type { MatmulAttributes } from "./op.ts";

export const matmulOnnx: OnnxLowering<MatmulAttributes> = (
  onnx,
  [a, b],
  [y],
  { transA, transB, alpha },
) => {
  const attributes = {
    transA: { int: Number(transA) },
    transB: { int: Number(transB) },
    alpha: { float: alpha },
  };
  onnx.node("FusedMatMul", [a, b], [y], attributes, "com.microsoft");
};
