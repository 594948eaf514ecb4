import type { OnnxLowering } from "../onnx-lowering.ts";

/** FusedMatMul takes the `[O, C]` layout as it is (and prepacks it), where MatMul would need a transposed copy. */
export const linearOnnx: OnnxLowering<null> = (onnx, [x, weight], [y]) => {
  onnx.node("FusedMatMul", [x, weight], [y], { transB: { int: 1 } }, "com.microsoft");
};
