import type { OnnxWriter } from "../onnx-lowering.ts";

/**
 * 0 for finite rows, NaN for others; `[T, 1]`. Integer codes know no NaN: without this a network that has gone wrong
 * would give plausible logits.
 */
export function zeroOrNan(onnx: OnnxWriter, x: string): string {
  const [sum, carrier] = [onnx.temporary(), onnx.temporary()];
  onnx.node("ReduceSum", [x, onnx.constant("i64", [-1], [1])], [sum], { keepdims: { int: 1 } });
  onnx.node("Mul", [sum, onnx.constant("f32", [0], [])], [carrier]);
  return carrier;
}
