import { UnsupportedError } from "../../graph/errors.ts";
import { partName, type OnnxLowering, type OnnxWriter } from "../onnx-lowering.ts";

/** Only the gathered rows become float32; the table stays as it is stored. */
export const gatherOnnx: OnnxLowering<null> = (
  onnx,
  [table, indices],
  [y],
  _attributes,
  declared,
) => {
  const kind = declared[0].format?.kind ?? "f32";
  switch (kind) {
    case "f32":
      onnx.node("Gather", [table, indices], [y], { axis: { int: 0 } });
      break;
    case "f16":
    case "bf16":
      gatherAndCast(onnx, partName(table, "values"), indices, y);
      break;
    case "int8":
      gatherInt8Rows(onnx, table, indices, y);
      break;
    default:
      throw new UnsupportedError("ort", `gather from ${kind}`, "use f32, f16, bf16 or int8");
  }
};

function gatherAndCast(onnx: OnnxWriter, table: string, indices: string, y: string): void {
  const rows = onnx.temporary();
  onnx.node("Gather", [table, indices], [rows], { axis: { int: 0 } });
  onnx.node("Cast", [rows], [y], { to: { int: onnx.dtype("f32") } });
}

/** `y = CB · SCB / 127`, row by row. */
function gatherInt8Rows(onnx: OnnxWriter, table: string, indices: string, y: string): void {
  const t = (): string => onnx.temporary();
  const [rows, maxima, column, scale] = [t(), t(), t(), t()];
  gatherAndCast(onnx, partName(table, "CB"), indices, rows);
  onnx.node("Gather", [partName(table, "SCB"), indices], [maxima], { axis: { int: 0 } });
  onnx.node("Unsqueeze", [maxima, onnx.constant("i64", [-1], [1])], [column]);
  onnx.node("Div", [column, onnx.constant("f32", [127], [])], [scale]);
  onnx.node("Mul", [rows, scale], [y]);
}
