import type { OnnxLowering } from "../onnx-lowering.ts";

/** `dgate = dy · up · (s + silu − silu · s)`: fewer passes over memory than the formula as it stands. */
export const swigluGradientOnnx: OnnxLowering<null> = (onnx, [gate, up, dy], [dgate, dup]) => {
  const t = (): string => onnx.temporary();
  const [s, silu, product, slope, raised, dyUp] = [t(), t(), t(), t(), t(), t()];
  onnx.node("Sigmoid", [gate], [s]);
  onnx.node("Mul", [gate, s], [silu]);
  onnx.node("Mul", [dy as string, silu], [dup as string]);
  onnx.node("Mul", [silu, s], [product]);
  onnx.node("Sub", [silu, product], [slope]);
  onnx.node("Add", [slope, s], [raised]);
  onnx.node("Mul", [dy as string, up], [dyUp]);
  onnx.node("Mul", [dyUp, raised], [dgate]);
};
