import { UnsupportedError } from "../../graph/errors.ts";
import type { OnnxLowering } from "../onnx-lowering.ts";

/** Rows of what the graph computes. Tables of weights are no part of the session (see `Lookup`). */
export const gatherOnnx: OnnxLowering<null> = (
  onnx,
  [table, indices],
  [y],
  _attributes,
  [{ format }],
) => {
  if (format && format.kind !== "f32")
    throw new UnsupportedError("ort", `gather from ${format.kind} by computed indices`, "use f32");
  onnx.node("Gather", [table, indices], [y], { axis: { int: 0 } });
};
