import type { OnnxLowering, OnnxWriter } from "../onnx-lowering.ts";
import type { PoolAttentionAttributes } from "./op.ts";

/**
 * Two products instead of one over concatenated keys: the pool is read where it lies, token-major, and never copied.
 * FusedMatMul's batch transposes turn `[T, H, D]` into heads-first inside the product.
 *
 * The query is scaled before the product, by a vector: onnxruntime's kernel for one row takes no factor (17 GB/s of keys
 * against 12 without it), and a scalar it would fold back into the product.
 *
 *   q·poolᵀ [H,T,S] ─┐                          ┌─ [H,T,S] · valuePool ─┐
 *                    ├ concat + bias ─ softmax ─┤                       ├ add ─ heads side by side [T, H·D]
 *   q·keyᵀ  [H,T,T] ─┘                          └─ [H,T,T] · value ─────┘
 */
export const poolAttentionOnnx: OnnxLowering<PoolAttentionAttributes> = (
  onnx,
  inputs,
  [y],
  { scale },
  declared,
) => {
  const [query, key, value, keyPool, valuePool, bias] = inputs as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const [, H, D] = declared[0].shape as readonly number[];
  const scores = onnx.temporary();
  const biased = onnx.temporary();
  const weights = onnx.temporary();
  const scaled = onnx.temporary();
  onnx.node("Mul", [query, onnx.constant("f32", Array<number>(D).fill(scale), [D])], [scaled]);
  const poolScores = headProduct(onnx, scaled, keyPool, { transB: true, transA: true });
  const newScores = headProduct(onnx, scaled, key, { transB: true, transA: true });
  onnx.node("Concat", [poolScores, newScores], [scores], { axis: { int: 2 } });
  onnx.node("Add", [scores, bias], [biased]);
  onnx.node("Softmax", [biased], [weights], { axis: { int: -1 } });

  const [poolWeights, newWeights] = splitKeys(onnx, weights, bias);
  const mixed = onnx.temporary();
  const rows = onnx.temporary();
  const poolPart = headProduct(onnx, poolWeights, valuePool, {});
  const newPart = headProduct(onnx, newWeights, value, {});
  onnx.node("Add", [poolPart, newPart], [mixed]);
  onnx.node("Transpose", [mixed], [rows], { perm: { ints: [1, 0, 2] } });
  onnx.node("Reshape", [rows, onnx.constant("i64", [-1, H * D], [2])], [y]);
};

/** `a · b` per head, where `b` is `[rows, H, D]` (and `a` too with `transA`); the result is heads-first. */
function headProduct(
  onnx: OnnxWriter,
  a: string,
  b: string,
  { transA = false, transB = false },
): string {
  const product = onnx.temporary();
  const attributes = {
    transBatchA: { int: Number(transA) },
    transBatchB: { int: 1 },
    transB: { int: Number(transB) },
  };
  onnx.node("FusedMatMul", [a, b], [product], attributes, "com.microsoft");
  return product;
}

/**
 * Cuts `[H, T, S+T]` after column S. The sizes come from `bias`, which all layers share, so that onnxruntime computes them
 * once in a run.
 */
function splitKeys(onnx: OnnxWriter, weights: string, bias: string): [string, string] {
  const t = (): string => onnx.temporary();
  const [T, K, S, sizes, first, second] = [t(), t(), t(), t(), t(), t()];
  onnx.node("Shape", [bias], [T], { start: { int: -2 }, end: { int: -1 } });
  onnx.node("Shape", [bias], [K], { start: { int: -1 } });
  onnx.node("Sub", [K, T], [S]);
  onnx.node("Concat", [S, T], [sizes], { axis: { int: 0 } });
  onnx.node("Split", [weights, sizes], [first, second], { axis: { int: 2 } });
  return [first, second];
}
