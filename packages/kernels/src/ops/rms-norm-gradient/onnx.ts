import type { OnnxLowering } from "../onnx-lowering.ts";
import type { RmsNormAttributes } from "../rms-norm/op.ts";

export const rmsNormGradientOnnx: OnnxLowering<RmsNormAttributes> = (
  onnx,
  [x, weight, dy],
  [dx, dweight],
  { eps },
) => {
  const t = (): string => onnx.temporary();
  const last = onnx.constant("i64", [-1], [1]);
  const [squares, mean, bounded, root] = [t(), t(), t(), t()];
  onnx.node("Mul", [x, x], [squares]);
  onnx.node("ReduceMean", [squares, last], [mean], { keepdims: { int: 1 } });
  onnx.node("Add", [mean, onnx.constant("f32", [eps], [])], [bounded]);
  onnx.node("Sqrt", [bounded], [root]);

  const [n, products, d, weighted, share, along, across] = [t(), t(), t(), t(), t(), t(), t()];
  onnx.node("Div", [x, root], [n]);
  onnx.node("Mul", [dy as string, n], [products]);
  onnx.node("ReduceSum", [products, onnx.constant("i64", [0], [1])], [dweight as string], {
    keepdims: { int: 0 },
  });
  onnx.node("Mul", [dy as string, weight], [d]);
  onnx.node("Mul", [products, weight], [weighted]);
  onnx.node("ReduceMean", [weighted, last], [share], { keepdims: { int: 1 } });
  onnx.node("Mul", [n, share], [along]);
  onnx.node("Sub", [d, along], [across]);
  onnx.node("Div", [across, root], [dx]);
};
