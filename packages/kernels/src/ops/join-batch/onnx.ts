import type { OnnxLowering } from "../onnx-lowering.ts";
import type { JoinBatchAttributes } from "./op.ts";

export const joinBatchOnnx: OnnxLowering<JoinBatchAttributes> = (
  onnx,
  [x],
  [y],
  _attributes,
  [{ shape }],
) => {
  const [, H, , D] = shape as readonly number[];
  const rows = onnx.temporary();
  onnx.node("Transpose", [x], [rows], { perm: { ints: [0, 2, 1, 3] } });
  onnx.node("Reshape", [rows, onnx.constant("i64", [-1, H, D], [3])], [y]);
};
