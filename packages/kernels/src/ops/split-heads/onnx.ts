import type { OnnxLowering } from "../onnx-lowering.ts";
import type { SplitHeadsAttributes } from "./op.ts";

export const splitHeadsOnnx: OnnxLowering<SplitHeadsAttributes> = (
  onnx,
  [x],
  outputs,
  attributes,
) => {
  const { parts, numHeads, headDim } = attributes;
  const flat = outputs.map(() => onnx.temporary());
  const sizes = onnx.constant("i64", Array(parts).fill(numHeads * headDim), [parts]);
  const shape = onnx.constant("i64", [-1, numHeads, headDim], [3]);
  onnx.node("Split", [x, sizes], flat, { axis: { int: 1 } });
  for (const [part, y] of outputs.entries()) onnx.node("Reshape", [flat[part], shape], [y]);
};
