import type { OnnxLowering } from "../onnx-lowering.ts";
import { L2_NORMALIZE_EPS } from "./op.ts";

/** LpNormalization has no lower bound for the norm (an all-zero row would be NaN), hence the three nodes. */
export const l2NormalizeOnnx: OnnxLowering<null> = (onnx, [x], [y]) => {
  const norm = onnx.temporary();
  const bounded = onnx.temporary();
  const axes = onnx.constant("i64", [-1], [1]);
  onnx.node("ReduceL2", [x, axes], [norm], { keepdims: { int: 1 } });
  onnx.node("Max", [norm, onnx.constant("f32", [L2_NORMALIZE_EPS], [])], [bounded]);
  onnx.node("Div", [x, bounded], [y]);
};
