import type { OnnxLowering } from "../onnx-lowering.ts";
import { labelColumns } from "./labels.ts";

export const crossEntropyOnnx: OnnxLowering<null> = (onnx, [logits, labels], [losses, maxima]) => {
  const t = (): string => onnx.temporary();
  const [last, rows] = [onnx.constant("i64", [-1], [1]), onnx.constant("i64", [-1], [1])];
  const { indices, counts } = labelColumns(onnx, labels);
  const [max, shifted, exps, sum, logSum] = [t(), t(), t(), t(), t()];
  onnx.node("ReduceMax", [logits, last], [max], { keepdims: { int: 1 } });
  onnx.node("Sub", [logits, max], [shifted]);
  onnx.node("Exp", [shifted], [exps]);
  onnx.node("ReduceSum", [exps, last], [sum], { keepdims: { int: 1 } });
  onnx.node("Log", [sum], [logSum]);

  const [chosen, loss, counted] = [t(), t(), t()];
  onnx.node("GatherElements", [shifted, indices], [chosen], { axis: { int: 1 } });
  onnx.node("Sub", [logSum, chosen], [loss]);
  onnx.node("Mul", [loss, counts], [counted]);
  onnx.node("Reshape", [counted, rows], [losses]);
  onnx.node("Reshape", [max, rows], [maxima as string]);
};
