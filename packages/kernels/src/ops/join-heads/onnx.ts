import type { OnnxLowering } from "../onnx-lowering.ts";

export const joinHeadsOnnx: OnnxLowering<null> = (onnx, parts, [y], _attributes, [{ shape }]) => {
  const [, H, D] = shape as readonly number[];
  const joined = parts.length > 1 ? onnx.temporary() : parts[0];
  if (parts.length > 1) onnx.node("Concat", parts, [joined], { axis: { int: 1 } });
  const width = parts.length * H * D;
  onnx.node("Reshape", [joined, onnx.constant("i64", [-1, width], [2])], [y]);
};
