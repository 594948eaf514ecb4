/**
 * Product of two int8 matrices, `CA · CBᵀ`: exact in int32 for C up to 133 000 (2^31 / 127²).
 *
 * Four rows of CB go together, so that each value of CA is read once for four products.
 *
 * @param CA - `[T, C]`.
 * @param CB - `[O, C]`.
 * @returns `[T, O]`.
 */
export function int8Product(CA: Int8Array, CB: Int8Array, cols: number): Int32Array {
  const rows = CA.length / cols;
  const outs = CB.length / cols;
  const quads = outs - (outs % 4);
  const product = new Int32Array(rows * outs);
  for (let t = 0; t < rows; t++) {
    const a = t * cols;
    for (let o = 0; o < quads; o += 4) dotFour(CA, a, CB, o * cols, cols, product, t * outs + o);
    for (let o = quads; o < outs; o++) product[t * outs + o] = dot(CA, a, CB, o * cols, cols);
  }
  return product;
}

function dotFour(
  CA: Int8Array,
  a: number,
  CB: Int8Array,
  b: number,
  cols: number,
  product: Int32Array,
  at: number,
): void {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  const [b1, b2, b3] = [b + cols, b + 2 * cols, b + 3 * cols];
  for (let c = 0; c < cols; c++) {
    const x = CA[a + c];
    sum0 = (sum0 + x * CB[b + c]) | 0;
    sum1 = (sum1 + x * CB[b1 + c]) | 0;
    sum2 = (sum2 + x * CB[b2 + c]) | 0;
    sum3 = (sum3 + x * CB[b3 + c]) | 0;
  }
  product[at] = sum0;
  product[at + 1] = sum1;
  product[at + 2] = sum2;
  product[at + 3] = sum3;
}

function dot(CA: Int8Array, a: number, CB: Int8Array, b: number, cols: number): number {
  let sum = 0;
  for (let c = 0; c < cols; c++) sum = (sum + CA[a + c] * CB[b + c]) | 0;
  return sum;
}
