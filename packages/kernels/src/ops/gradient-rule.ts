import type { Graph, Value } from "../graph/graph.ts";

/** A node whose gradient is wanted. */
export interface ForwardNode<Attributes> {
  readonly inputs: readonly [Value, Value, ...Value[]];
  readonly outputs: readonly [Value, ...Value[]];
  readonly attributes: Attributes;
  /** Of each output: derivatives of the loss by it; undefined where the loss does not depend on it. */
  readonly gradients: readonly [Value, ...(Value | undefined)[]];
}

/**
 * The vector-Jacobian product of an op, written as nodes: from the derivatives of a loss by the outputs those by the
 * inputs. Rules of ops with one output find `gradients[0]`; others must expect gaps.
 *
 * @returns one value per input in its shape; undefined for inputs that have no gradient (indices, masks).
 */
export type GradientRule<Attributes> = (
  g: Graph,
  node: ForwardNode<Attributes>,
) => readonly (Value | undefined)[];
