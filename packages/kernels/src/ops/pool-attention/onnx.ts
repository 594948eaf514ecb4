import type { OnnxLowering, OnnxWriter } from "../onnx-lowering.ts";
import type { PoolAttentionAttributes } from "./op.ts";

/**
 * Two products instead of one over concatenated keys: the pool is read where it lies, token-major, and never copied.
 * FusedMatMul's batch transposes turn `[T, H, D]` into heads-first inside the product.
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
  const poolScores = headProduct(onnx, query, keyPool, {
    transB: true,
    transA: true,
    alpha: scale,
  });
  const newScores = headProduct(onnx, query, key, { transB: true, transA: true, alpha: scale });
  onnx.node("Concat", [poolScores, newScores], [scores], { axis: { int: 2 } });
  onnx.node("Add", [scores, bias], [biased]);
  onnx.node("Softmax", [biased], [weights], { axis: { int: -1 } });

  const [poolWeights, newWeights] = splitKeys(onnx, weights, keyPool);
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
  { transA = false, transB = false, alpha = 1 },
): string {
  const product = onnx.temporary();
  const attributes = {
    transBatchA: { int: Number(transA) },
    transBatchB: { int: 1 },
    transB: { int: Number(transB) },
    alpha: { float: alpha },
  };
  onnx.node("FusedMatMul", [a, b], [product], attributes, "com.microsoft");
  return product;
}

/** Cuts `[H, T, S+T]` after column S, the number of rows of `pool`. */
function splitKeys(onnx: OnnxWriter, weights: string, pool: string): [string, string] {
  const S = onnx.temporary();
  const first = onnx.temporary();
  const second = onnx.temporary();
  const lastAxis = onnx.constant("i64", [2], [1]);
  const zero = onnx.constant("i64", [0], [1]);
  const end = onnx.constant("i64", [Number.MAX_SAFE_INTEGER], [1]);
  onnx.node("Shape", [pool], [S], { start: { int: 0 }, end: { int: 1 } });
  onnx.node("Slice", [weights, zero, S, lastAxis], [first]);
  onnx.node("Slice", [weights, S, end, lastAxis], [second]);
  return [first, second];
}
