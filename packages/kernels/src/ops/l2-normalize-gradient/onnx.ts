import type { OnnxLowering } from "../onnx-lowering.ts";
import { L2_NORMALIZE_EPS } from "../l2-normalize/op.ts";

/** A row of zeros has `y = 0`, so that the term along it vanishes by itself. */
export const l2NormalizeGradientOnnx: OnnxLowering<null> = (onnx, [x, dy], [dx]) => {
  const t = (): string => onnx.temporary();
  const [norm, bounded, y, products, sum, along, across] = [t(), t(), t(), t(), t(), t(), t()];
  const axes = onnx.constant("i64", [-1], [1]);
  onnx.node("ReduceL2", [x, axes], [norm], { keepdims: { int: 1 } });
  onnx.node("Max", [norm, onnx.constant("f32", [L2_NORMALIZE_EPS], [])], [bounded]);
  onnx.node("Div", [x, bounded], [y]);
  onnx.node("Mul", [y, dy], [products]);
  onnx.node("ReduceSum", [products, axes], [sum], { keepdims: { int: 1 } });
  onnx.node("Mul", [y, sum], [along]);
  onnx.node("Sub", [dy, along], [across]);
  onnx.node("Div", [across, bounded], [dx]);
};
