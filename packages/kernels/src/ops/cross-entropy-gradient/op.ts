import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const crossEntropyGradientOp: Op<null> = {
  name: "crossEntropyGradient",
  infer(inputs) {
    const dtypes = ["f32", "i32", "f32", "f32"] as const;
    expectDTypes("crossEntropyGradient", inputs, inputs.length === 3 ? dtypes.slice(0, 3) : dtypes);
    const [logits, ...columns] = inputs as [Value, ...Value[]];
    const fits =
      logits.shape.length === 2 &&
      columns.every(({ shape }) => shape.length === 1 && shape[0] === logits.shape[0]);
    const expected = "logits [R, V], labels [R], dlosses [R] and dmaxima [R]";
    expectShapes("crossEntropyGradient", inputs, expected, fits);
    return [{ dtype: "f32", shape: logits.shape }];
  },
};

/** Operands of `crossEntropyGradient`. */
export interface CrossEntropyGradientInputs {
  readonly logits: Value;
  readonly labels: Value;
  readonly dlosses: Value;
  readonly dmaxima?: Value | undefined;
}

/**
 * Gradient of `crossEntropy` by the logits, row by row:
 *
 *   dlogits = dloss · (softmax(logits) − onehot(label)) + dmaximum · onehot(argmax(logits))
 *
 * Rows without a label have no first term. Of several largest logits the first one has the second.
 *
 * @param inputs.dlosses - Derivatives of the loss by each row's loss; shape `[R]`.
 * @param inputs.dmaxima - By each row's largest logit; shape `[R]`; 0 if absent.
 * @returns shape `[R, V]`.
 * @throws {ShapeError} if the rows differ in number.
 */
export function crossEntropyGradient(
  g: Graph,
  { logits, labels, dlosses, dmaxima }: CrossEntropyGradientInputs,
): Value {
  const inputs = [logits, labels, dlosses, ...(dmaxima ? [dmaxima] : [])];
  return applyOne(g, crossEntropyGradientOp, inputs, null);
}
