import type { OnnxLowering } from "../onnx-lowering.ts";
import { labelColumns } from "./labels.ts";

export const crossEntropyOnnx: OnnxLowering<null> = (onnx, [logits, labels], [losses, maxima]) => {
  const t = (): string => onnx.temporary();
  const [axes, rows] = [onnx.constant("i64", [-1], [1]), onnx.constant("i64", [-1], [1])];
  const { indices, counts } = labelColumns(onnx, labels);
  const [logProbs, chosen, loss, counted, max] = [t(), t(), t(), t(), t()];
  onnx.node("LogSoftmax", [logits], [logProbs], { axis: { int: -1 } });
  onnx.node("GatherElements", [logProbs, indices], [chosen], { axis: { int: 1 } });
  onnx.node("Neg", [chosen], [loss]);
  onnx.node("Mul", [loss, counts], [counted]);
  onnx.node("Reshape", [counted, rows], [losses]);
  onnx.node("ReduceMax", [logits, axes], [max], { keepdims: { int: 1 } });
  onnx.node("Reshape", [max, rows], [maxima as string]);
};
