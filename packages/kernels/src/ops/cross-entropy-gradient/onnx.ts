import type { OnnxLowering, OnnxWriter } from "../onnx-lowering.ts";
import { labelColumns } from "../cross-entropy/labels.ts";

/** One-hot rows are never written out: their one element is added where it belongs. */
export const crossEntropyGradientOnnx: OnnxLowering<null> = (
  onnx,
  [logits, labels, dlosses, dmaxima],
  [dlogits],
) => {
  const t = (): string => onnx.temporary();
  const [probabilities, column, dloss, rows, negative] = [t(), t(), t(), t(), t()];
  const { indices, counts } = labelColumns(onnx, labels);
  onnx.node("Softmax", [logits], [probabilities], { axis: { int: -1 } });
  onnx.node("Reshape", [dlosses as string, columnShape(onnx)], [column]);
  onnx.node("Mul", [column, counts], [dloss]);
  onnx.node("Mul", [probabilities, dloss], [rows]);
  onnx.node("Neg", [dloss], [negative]);
  const atLabels = addElements(onnx, rows, indices, negative);
  const sum = dmaxima === undefined ? atLabels : addMaxima(onnx, { atLabels, logits, dmaxima });
  onnx.node("Identity", [sum], [dlogits]);
};

function addMaxima(
  onnx: OnnxWriter,
  { atLabels, logits, dmaxima }: Readonly<Record<"atLabels" | "logits" | "dmaxima", string>>,
): string {
  const [best, dmax] = [onnx.temporary(), onnx.temporary()];
  onnx.node("ArgMax", [logits], [best], { axis: { int: 1 }, keepdims: { int: 1 } });
  onnx.node("Reshape", [dmaxima, columnShape(onnx)], [dmax]);
  return addElements(onnx, atLabels, best, dmax);
}

function columnShape(onnx: OnnxWriter): string {
  return onnx.constant("i64", [-1, 1], [2]);
}

/** Adds to one element of each row. */
function addElements(onnx: OnnxWriter, rows: string, indices: string, values: string): string {
  const sum = onnx.temporary();
  const attributes = { axis: { int: 1 }, reduction: { string: "add" } };
  onnx.node("ScatterElements", [rows, indices, values], [sum], attributes);
  return sum;
}
