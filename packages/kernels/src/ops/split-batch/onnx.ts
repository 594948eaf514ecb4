import type { OnnxLowering } from "../onnx-lowering.ts";
import type { SplitBatchAttributes } from "./op.ts";

export const splitBatchOnnx: OnnxLowering<SplitBatchAttributes> = (
  onnx,
  [x],
  [y],
  { length: N },
  [{ shape }],
) => {
  const [, H, D] = shape as readonly number[];
  const rows = onnx.temporary();
  onnx.node("Reshape", [x, onnx.constant("i64", [-1, N, H, D], [4])], [rows]);
  onnx.node("Transpose", [rows], [y], { perm: { ints: [0, 2, 1, 3] } });
};
