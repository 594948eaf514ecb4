import { DTypeError, ShapeError } from "../graph/errors.ts";
import type { DType, TensorType } from "../graph/tensor-type.ts";

/**
 * Checks number and element types of an op's inputs; shape rules stay in the op.
 *
 * @param dtypes - One per input, in order.
 */
export function expectDTypes(
  op: string,
  inputs: readonly TensorType[],
  dtypes: readonly DType[],
): void {
  if (inputs.length !== dtypes.length) {
    const shapes = inputs.map((input) => input.shape);
    throw new ShapeError(op, `${dtypes.length} inputs`, shapes);
  }
  for (const [index, dtype] of dtypes.entries()) {
    const actual = inputs[index]?.dtype ?? "nothing";
    if (actual !== dtype) throw new DTypeError(`${op} input ${index}`, dtype, actual);
  }
}

/** Throws a `ShapeError` with the shapes of all inputs unless `holds`. */
export function expectShapes(
  op: string,
  inputs: readonly TensorType[],
  expected: string,
  holds: boolean,
  hint?: string,
): void {
  if (!holds)
    throw new ShapeError(
      op,
      expected,
      inputs.map((input) => input.shape),
      hint,
    );
}
