import type { OnnxWriter } from "../onnx-lowering.ts";

/** Of unsigned bytes. */
const ZERO_POINT = 128;

/** Operands of a product of bytes. */
export interface ByteOperands {
  /** Activations, uint8 with zero point 128; `[T, C]`. */
  readonly codes: string;
  /** The weight's part; `[C, O]`. */
  readonly part: string;
  /** Of activations and weight, each a number or one per column. */
  readonly scales: readonly [string, string];
}

/** `codes · part`, exact in integers, then scaled; returns the name of the product, float32 `[T, O]`. */
export function byteProduct(onnx: OnnxWriter, { codes, part, scales }: ByteOperands): string {
  const product = onnx.temporary();
  const zero = onnx.constant("u8", [ZERO_POINT], []);
  const inputs = [codes, part, ...scales, zero];
  if (onnx.byteDType(part) === "u8") inputs.push(zero);
  onnx.node("MatMulIntegerToFloat", inputs, [product], {}, "com.microsoft");
  return product;
}

/** The numbers that a weight's bytes stand for, as float32. */
export function byteValues(onnx: OnnxWriter, codes: string, dtype: "i8" | "u8"): string {
  const values = onnx.temporary();
  onnx.node("Cast", [codes], [values], { to: { int: onnx.dtype("f32") } });
  if (dtype === "i8") return values;
  const centred = onnx.temporary();
  onnx.node("Sub", [values, onnx.constant("f32", [ZERO_POINT], [])], [centred]);
  return centred;
}
