import type { OnnxLowering } from "../onnx-lowering.ts";

export const softmaxGradientOnnx: OnnxLowering<null> = (onnx, [y, dy], [dx]) => {
  const [products, sum, shared] = [onnx.temporary(), onnx.temporary(), onnx.temporary()];
  const axes = onnx.constant("i64", [-1], [1]);
  onnx.node("Mul", [y, dy], [products]);
  onnx.node("ReduceSum", [products, axes], [sum], { keepdims: { int: 1 } });
  onnx.node("Mul", [y, sum], [shared]);
  onnx.node("Sub", [products, shared], [dx]);
};
