import { partName, type OnnxWriter } from "../onnx-lowering.ts";
import { byteProduct, byteValues } from "./byte-product.ts";
import { zeroOrNan } from "./zero-or-nan.ts";

/** Cells at least this large are outliers: LLM.int8()'s threshold, fixed in the original. */
const THRESHOLD = 6;

/** Between the threshold and the largest float16 below it, 5.996: what is larger than this is an outlier. */
const BELOW_THRESHOLD = 5.998;

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
  const scales = [onnx.constant("f32", [DEQUANT], []), partName(weight, "SCB")] as const;
  const columns = byteProduct(onnx, { codes, part: partName(weight, "CB"), scales });
  const [scale, product, inner] = [onnx.temporary(), onnx.temporary(), onnx.temporary()];
  onnx.node("Add", [rowMax, zeroOrNan(onnx, x)], [scale]);
  onnx.node("Mul", [columns, scale], [product]);
  roundToHalf(onnx, product, inner);
  addOutlierProduct(onnx, { x, weight, outliers, inner, y });
}

function quantizeRows(onnx: OnnxWriter, x: string): QuantizedRows {
  const t = (): string => onnx.temporary();
  const [half, size, columnMax] = [t(), t(), t()];
  roundToHalf(onnx, x, half);
  onnx.node("Abs", [half], [size]);
  onnx.node("ReduceMax", [size, onnx.constant("i64", [0], [1])], [columnMax], {
    keepdims: { int: 0 },
  });

  const [large, inliers, rowMax, bounded, factor] = [t(), t(), t(), t(), t()];
  onnx.node("ThresholdedRelu", [size], [large], { alpha: { float: BELOW_THRESHOLD } });
  onnx.node("Sub", [size, large], [inliers]);
  onnx.node("ReduceMax", [inliers, onnx.constant("i64", [-1], [1])], [rowMax], {
    keepdims: { int: 1 },
  });
  onnx.node("Max", [rowMax, onnx.constant("f32", [TINY], [])], [bounded]);
  onnx.node("Div", [onnx.constant("f32", [127], []), bounded], [factor]);

  const [scaled, kept, codes] = [t(), t(), t()];
  onnx.node("Mul", [half, factor], [scaled]);
  onnx.node("Mul", [scaled, belowThreshold(onnx, columnMax)], [kept]);
  const [one, zero] = [onnx.constant("f32", [1], []), onnx.constant("u8", [128], [])];
  onnx.node("QuantizeLinear", [kept, one, zero], [codes]);
  return { codes, rowMax, outliers: outlierColumns(onnx, columnMax) };
}

/** 1 for columns without outlier, else 0: multiplying is vectorised in onnxruntime, `Where` is not. */
function belowThreshold(onnx: OnnxWriter, columnMax: string): string {
  const [isBelow, factor] = [onnx.temporary(), onnx.temporary()];
  onnx.node("Less", [columnMax, onnx.constant("f32", [THRESHOLD], [])], [isBelow]);
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

interface OutlierProduct {
  readonly x: string;
  readonly weight: string;
  readonly outliers: string;
  /** The product without outliers; `[T, O]`. */
  readonly inner: string;
  readonly y: string;
}

/** The few rows of the weight are scaled, not their product with the many rows of `x`. */
function addOutlierProduct(
  onnx: OnnxWriter,
  { x, weight, outliers, inner, y }: OutlierProduct,
): void {
  const t = (): string => onnx.temporary();
  const [cells, codes, scale, scaled] = [t(), t(), t(), t()];
  const part = partName(weight, "CB.mapped");
  onnx.node("Gather", [x, outliers], [cells], { axis: { int: 1 } });
  onnx.node("Gather", [part, outliers], [codes], { axis: { int: 0 } });
  const rows = byteValues(onnx, codes, onnx.byteDType(part));
  onnx.node("Div", [partName(weight, "SCB"), onnx.constant("f32", [127], [])], [scale]);
  onnx.node("Mul", [rows, scale], [scaled]);
  onnx.node("Gemm", [cells, scaled, inner], [y]);
}

/** bitsandbytes keeps activations and integer products in float16. */
function roundToHalf(onnx: OnnxWriter, from: string, to: string): void {
  const half = onnx.temporary();
  onnx.node("Cast", [from], [half], { to: { int: onnx.dtype("f16") } });
  onnx.node("Cast", [half], [to], { to: { int: onnx.dtype("f32") } });
}
