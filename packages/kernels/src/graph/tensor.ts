import type { DType } from "./tensor-type.ts";

/** Numbers of a run: a typed array with a shape, row-major. */
export type Tensor =
  | { readonly dtype: "f32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "i32"; readonly shape: readonly number[]; readonly data: Int32Array };

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** A float tensor over `data`; the array is used as it is, not copied. */
export function f32(data: Float32Array, shape: readonly number[]): Tensor {
  checkLength("f32", data.length, shape);
  return { dtype: "f32", shape, data };
}

/** An integer tensor over `data`; the array is used as it is, not copied. */
export function i32(data: Int32Array, shape: readonly number[]): Tensor {
  checkLength("i32", data.length, shape);
  return { dtype: "i32", shape, data };
}

function checkLength(dtype: DType, length: number, shape: readonly number[]): void {
  if (length !== elementCount(shape)) {
    throw new Error(
      `tensor: expected ${elementCount(shape)} ${dtype} values for [${shape.join(", ")}], got ${length}`,
    );
  }
}
