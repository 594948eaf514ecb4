import { partName, type OnnxWriter } from "../onnx-lowering.ts";
import { zeroOrNan } from "./zero-or-nan.ts";

/** Cells at least this large are outliers: LLM.int8()'s threshold, fixed in the original. */
const THRESHOLD = 6;

/** bitsandbytes' constant for 1/127². */
const DEQUANT = 6.200012e-5;

/** Below every positive float16: a row of zeros divides by it instead of by zero. */
const TINY = 1e-30;

/** What the activations of one product become. */
interface QuantizedRows {
  /** uint8 with zero point 128: onnxruntime's signed activations take a scalar path, 60 times slower. */
  readonly codes: string;
  /** Row maxima without outliers; `[T, 1]`. */
  readonly rowMax: string;
  /** Columns with an outlier in any row; `[n]`. */
  readonly outliers: string;
}

/**
 * LLM.int8(): rows of activations against rows of weights in integers, columns with outliers in float32.
 *
 *   x ─ f16 ─ |x| ─┬─ column max >= 6 ── outlier columns ──┬─ x[:, outliers] · CB[:, outliers]ᵀ · SCB/127 ─┐
 *                  └─ row max of the rest ─ round ─ u8 ─ MatMulInteger(CB) ─ · DEQUANT · SCA · SCB ─ f16 ──── + ── y
 *
 * `CB` is stored `[C, O]`, as MatMulInteger wants it. It is there twice under two names: onnxruntime packs the one it
 * multiplies with and forgets the bytes, the other stays mapped and only the rows of outlier columns are ever read.
 *
 * @see Dettmers et al. 2022, https://arxiv.org/abs/2208.07339
 */
export function llmInt8LinearOnnx(onnx: OnnxWriter, x: string, weight: string, y: string): void {
  const { codes, rowMax, outliers } = quantizeRows(onnx, x);
  const zero = onnx.constant("u8", [128], []);
  const unit = onnx.constant("f32", [DEQUANT], []);
  const scb = partName(weight, "SCB");
  const columns = onnx.temporary();
  onnx.node(
    "MatMulIntegerToFloat",
    [codes, partName(weight, "CB"), unit, scb, zero],
    [columns],
    {},
    "com.microsoft",
  );
  const [scale, product, inner] = [onnx.temporary(), onnx.temporary(), onnx.temporary()];
  onnx.node("Add", [rowMax, zeroOrNan(onnx, x)], [scale]);
  onnx.node("Mul", [columns, scale], [product]);
  roundToHalf(onnx, product, inner);
  onnx.node("Add", [inner, outlierProduct(onnx, x, weight, outliers)], [y]);
}

function quantizeRows(onnx: OnnxWriter, x: string): QuantizedRows {
  const t = (): string => onnx.temporary();
  const [half, size, columnMax] = [t(), t(), t()];
  roundToHalf(onnx, x, half);
  onnx.node("Abs", [half], [size]);
  onnx.node("ReduceMax", [size, onnx.constant("i64", [0], [1])], [columnMax], {
    keepdims: { int: 0 },
  });

  const [inliers, rowMax, bounded, factor] = [t(), t(), t(), t()];
  onnx.node("Mul", [size, belowThreshold(onnx, size)], [inliers]);
  onnx.node("ReduceMax", [inliers, onnx.constant("i64", [-1], [1])], [rowMax], {
    keepdims: { int: 1 },
  });
  onnx.node("Max", [rowMax, onnx.constant("f32", [TINY], [])], [bounded]);
  onnx.node("Div", [onnx.constant("f32", [127], []), bounded], [factor]);

  const [scaled, kept, rounded, shifted, codes] = [t(), t(), t(), t(), t()];
  onnx.node("Mul", [half, factor], [scaled]);
  onnx.node("Mul", [scaled, belowThreshold(onnx, columnMax)], [kept]);
  onnx.node("Round", [kept], [rounded]);
  onnx.node("Add", [rounded, onnx.constant("f32", [128], [])], [shifted]);
  onnx.node("Cast", [shifted], [codes], { to: { int: onnx.dtype("u8") } });
  return { codes, rowMax, outliers: outlierColumns(onnx, columnMax) };
}

/** 1 for what is no outlier, else 0: multiplying is vectorised in onnxruntime, `Where` is not (14 % of a prefill). */
function belowThreshold(onnx: OnnxWriter, size: string): string {
  const [isBelow, factor] = [onnx.temporary(), onnx.temporary()];
  onnx.node("Less", [size, onnx.constant("f32", [THRESHOLD], [])], [isBelow]);
  onnx.node("Cast", [isBelow], [factor], { to: { int: onnx.dtype("f32") } });
  return factor;
}

function outlierColumns(onnx: OnnxWriter, columnMax: string): string {
  const [isOutlier, indices, outliers] = [onnx.temporary(), onnx.temporary(), onnx.temporary()];
  onnx.node("GreaterOrEqual", [columnMax, onnx.constant("f32", [THRESHOLD], [])], [isOutlier]);
  onnx.node("NonZero", [isOutlier], [indices]);
  onnx.node("Reshape", [indices, onnx.constant("i64", [-1], [1])], [outliers]);
  return outliers;
}

function outlierProduct(onnx: OnnxWriter, x: string, weight: string, outliers: string): string {
  const t = (): string => onnx.temporary();
  const [cells, codes, rows, product, scale, scaled] = [t(), t(), t(), t(), t(), t()];
  onnx.node("Gather", [x, outliers], [cells], { axis: { int: 1 } });
  onnx.node("Gather", [partName(weight, "CB.mapped"), outliers], [codes], { axis: { int: 0 } });
  onnx.node("Cast", [codes], [rows], { to: { int: onnx.dtype("f32") } });
  onnx.node("MatMul", [cells, rows], [product]);
  onnx.node("Div", [partName(weight, "SCB"), onnx.constant("f32", [127], [])], [scale]);
  onnx.node("Mul", [product, scale], [scaled]);
  return scaled;
}

/** bitsandbytes keeps activations and integer products in float16. */
function roundToHalf(onnx: OnnxWriter, from: string, to: string): void {
  const half = onnx.temporary();
  onnx.node("Cast", [from], [half], { to: { int: onnx.dtype("f16") } });
  onnx.node("Cast", [half], [to], { to: { int: onnx.dtype("f32") } });
}
