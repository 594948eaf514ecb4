import { applyOne, type Graph, type Op, type Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const crossEntropyGradientOp: Op<null> = {
  name: "crossEntropyGradient",
  infer(inputs) {
    expectDTypes("crossEntropyGradient", inputs, ["f32", "i32", "f32", "f32"]);
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
  readonly dmaxima: Value;
}

/**
 * Gradient of `crossEntropy` by the logits, row by row:
 *
 *   dlogits = dloss · (softmax(logits) − onehot(label)) + dmaximum · onehot(argmax(logits))
 *
 * Rows without a label have no first term. Of several largest logits the first one has the second.
 *
 * @param inputs.dlosses - Derivatives of the loss by each row's loss; shape `[R]`.
 * @param inputs.dmaxima - By each row's largest logit; shape `[R]`.
 * @returns shape `[R, V]`.
 * @throws {ShapeError} if the rows differ in number.
 */
export function crossEntropyGradient(
  g: Graph,
  { logits, labels, dlosses, dmaxima }: CrossEntropyGradientInputs,
): Value {
  return applyOne(g, crossEntropyGradientOp, [logits, labels, dlosses, dmaxima], null);
}
