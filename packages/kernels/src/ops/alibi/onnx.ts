import type { OnnxLowering } from "../onnx-lowering.ts";
import type { AlibiAttributes } from "./op.ts";

export const alibiOnnx: OnnxLowering<AlibiAttributes> = (onnx, inputs, [bias], { slopes }) => {
  const [mask, queryPositions, keyPositions = ""] = inputs;
  const column = onnx.temporary();
  const distance = onnx.temporary();
  const scaled = onnx.temporary();
  const perHead = onnx.constant("f32", slopes, [slopes.length, 1, 1]);
  onnx.node("Unsqueeze", [queryPositions, onnx.constant("i64", [1], [1])], [column]);
  onnx.node("Sub", [keyPositions, column], [distance]);
  onnx.node("Mul", [distance, perHead], [scaled]);
  onnx.node("Add", [scaled, mask], [bias]);
};
