import { partName, type OnnxWriter } from "../onnx-lowering.ts";
import { byteProduct } from "./byte-product.ts";
import { zeroOrNan } from "./zero-or-nan.ts";

/** The largest 16-bit code whose upper byte is a signed byte after rounding: 127·256 + 127. */
const MAX_CODE = 32_639;

/** A row of zeros divides by it instead of by zero. */
const TINY = 1e-30;

/**
 * A 16-bit product from 8-bit ones. The CPU has no float16 matrix kernel, and a head in float32 is 2 GB; in two planes
 * of bytes it is 1 GB and is read at the speed of memory.
 *
 *   x  = sx · (256·xh + xl),  w = sw · (256·wh + wl)     bytes, signed
 *   y  = sx · sw · (256·(256·xh·wh + xh·wl) + 256·xl·wh + xl·wl)
 *
 * The planes of x are rows of one matrix, so each plane of w is read once. Both operands have 16 bits of their row's
 * maximum: on normal activations a sixth of float16's error (0.005 % against 0.029 %), with one column a hundred times
 * larger than the others it is 0.04 %, twice of it. The head comes after a norm and has no such columns.
 */
export function int16LinearOnnx(onnx: OnnxWriter, x: string, weight: string, y: string): void {
  const t = (): string => onnx.temporary();
  const { codes, scale } = splitRows(onnx, x);
  const upper = planeProduct(onnx, codes, weight, "high");
  const lower = planeProduct(onnx, codes, weight, "low");
  const [shifted, both, top, bottom, topShifted] = [t(), t(), t(), t(), t()];
  const [sum, rowScale, scaled] = [t(), t(), t()];
  const byte = onnx.constant("f32", [256], []);
  onnx.node("Mul", [upper, byte], [shifted]);
  onnx.node("Add", [shifted, lower], [both]);
  onnx.node("Split", [both], [top, bottom], { axis: { int: 0 }, num_outputs: { int: 2 } });
  onnx.node("Mul", [top, byte], [topShifted]);
  onnx.node("Add", [topShifted, bottom], [sum]);
  onnx.node("Add", [scale, zeroOrNan(onnx, x)], [rowScale]);
  onnx.node("Mul", [sum, rowScale], [scaled]);
  onnx.node("Mul", [scaled, partName(weight, "scales")], [y]);
}

/** Rows `[T, C]` as bytes with zero point 128, upper plane over lower: `[2T, C]`. */
function splitRows(onnx: OnnxWriter, x: string): { codes: string; scale: string } {
  const t = (): string => onnx.temporary();
  const constant = (value: number): string => onnx.constant("f32", [value], []);
  const [size, rowMax, bounded, scale, scaled, code] = [t(), t(), t(), t(), t(), t()];
  onnx.node("Abs", [x], [size]);
  onnx.node("ReduceMax", [size, onnx.constant("i64", [-1], [1])], [rowMax], {
    keepdims: { int: 1 },
  });
  onnx.node("Max", [rowMax, constant(TINY)], [bounded]);
  onnx.node("Div", [bounded, constant(MAX_CODE)], [scale]);
  onnx.node("Div", [x, scale], [scaled]);
  onnx.node("Round", [scaled], [code]);

  const [raised, divided, high, highShifted, low, planes, shifted, codes] = Array.from(
    { length: 8 },
    t,
  ) as [string, string, string, string, string, string, string, string];
  onnx.node("Add", [code, constant(128)], [raised]);
  onnx.node("Mul", [raised, constant(1 / 256)], [divided]);
  onnx.node("Floor", [divided], [high]);
  onnx.node("Mul", [high, constant(256)], [highShifted]);
  onnx.node("Sub", [code, highShifted], [low]);
  onnx.node("Concat", [high, low], [planes], { axis: { int: 0 } });
  onnx.node("Add", [planes, constant(128)], [shifted]);
  onnx.node("Cast", [shifted], [codes], { to: { int: onnx.dtype("u8") } });
  return { codes, scale };
}

function planeProduct(onnx: OnnxWriter, codes: string, weight: string, plane: string): string {
  const one = onnx.constant("f32", [1], []);
  return byteProduct(onnx, { codes, part: partName(weight, plane), scales: [one, one] });
}
