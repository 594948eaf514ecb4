import type { Graph, Op, Value } from "../../graph/graph.ts";
import { expectDTypes, expectShapes } from "../expect-types.ts";

export const crossEntropyOp: Op<null> = {
  name: "crossEntropy",
  infer(inputs) {
    expectDTypes("crossEntropy", inputs, ["f32", "i32"]);
    const [logits, labels] = inputs as [Value, Value];
    const [R = 0] = logits.shape;
    const fits = logits.shape.length === 2 && labels.shape.length === 1 && labels.shape[0] === R;
    expectShapes("crossEntropy", inputs, "logits [R, V] and labels [R]", fits);
    return [
      { dtype: "f32", shape: [R] },
      { dtype: "f32", shape: [R] },
    ];
  },
};

/** What `crossEntropy` gives of each row. */
export interface CrossEntropy {
  /** `−log softmax(logits)[label]`; 0 for rows without a label; `[R]`. */
  readonly losses: Value;
  /** The largest logit, for the z-loss; `[R]`. */
  readonly maxima: Value;
}

/**
 * Loss of each row, and its largest logit.
 *
 * @param logits - Shape `[R, V]`.
 * @param labels - i32; below 0 (PyTorch's −100): the row does not count; shape `[R]`.
 * @throws {ShapeError} if the rows differ in number.
 */
export function crossEntropy(g: Graph, logits: Value, labels: Value): CrossEntropy {
  const [losses, maxima] = g.apply(crossEntropyOp, [logits, labels], null) as [Value, Value];
  return { losses, maxima };
}
