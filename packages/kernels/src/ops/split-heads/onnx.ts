import type { OnnxLowering } from "../onnx-lowering.ts";
import type { SplitHeadsAttributes } from "./op.ts";

/** One copy: the parts of a row are cut as groups of heads. */
export const splitHeadsOnnx: OnnxLowering<SplitHeadsAttributes> = (
  onnx,
  [x],
  outputs,
  { parts, numHeads, headDim },
) => {
  const heads = onnx.temporary();
  const shape = onnx.constant("i64", [-1, parts * numHeads, headDim], [3]);
  const sizes = onnx.constant("i64", Array<number>(parts).fill(numHeads), [parts]);
  onnx.node("Reshape", [x, shape], [heads]);
  onnx.node("Split", [heads, sizes], outputs, { axis: { int: 1 } });
};
