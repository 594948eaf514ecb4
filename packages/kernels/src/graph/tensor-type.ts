/** Element types of graph values. Names are ONNX's, shortened; all floats of activations are `f32`. */
export type DType = "f32" | "i32";

/** One dimension: a number, or the name of a size that only a run knows (`"T"` new tokens, `"S"` slots, `"R"` logit rows). */
export type Dim = number | string;

/** A shape, outermost dimension first (row-major). */
export type Shape = readonly Dim[];

/** What is known of a value before a run. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** `[T, 4096]`: a shape as it stands in messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether two shapes are the same, names included. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}
