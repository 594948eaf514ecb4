import type { OnnxLowering } from "../onnx-lowering.ts";

/**
 * RotaryEmbedding looks its angles up in a table by position; here the table *is* the angles of the T tokens,
 * so the positions are simply 0, 1, … (`position_ids` of shape [1] means "count from this offset").
 */
export const rotaryOnnx: OnnxLowering<null> = (
  onnx,
  [x, cos, sin],
  [y],
  _attributes,
  [{ shape }],
) => {
  const [, H, D] = shape as readonly number[];
  const batched = onnx.temporary();
  const turned = onnx.temporary();
  const zero = onnx.constant("i64", [0], [1]);
  onnx.node("Reshape", [x, onnx.constant("i64", [1, -1, H * D], [3])], [batched]);
  onnx.node(
    "RotaryEmbedding",
    [batched, zero, cos, sin],
    [turned],
    { num_heads: { int: H } },
    "com.microsoft",
  );
  onnx.node("Reshape", [turned, onnx.constant("i64", [-1, H, D], [3])], [y]);
};
