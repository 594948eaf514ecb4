import { add } from "../ops/add/op.ts";
import type { ForwardNode } from "../ops/gradient-rule.ts";
import { gradientRules } from "../ops/rooms.ts";
import { ShapeError, UnsupportedError } from "./errors.ts";
import type { Graph, GraphNode, Value } from "./graph.ts";
import { sameShape } from "./tensor-type.ts";

/** Where the derivatives of a loss are known. */
export interface Seed {
  readonly value: Value;
  /** Derivatives of the loss by `value`, in its shape. */
  readonly gradient: Value;
}

/**
 * Reverse-mode differentiation: adds nodes to a graph that compute the derivatives of a loss by some of its values.
 *
 *   x ──┐                      dx ◄──┐
 *       ├─ op ── y      =>           ├─ rule of op ◄── dy
 *   w ──┘                      dw ◄──┘
 *
 * A value that several nodes take gets the sum of what each gives. Nodes that no wanted value leads to are left alone, and
 * rules may write more than is wanted: backends run only what outputs depend on.
 *
 * @param seeds - Where to start; the loss itself needs not be in the graph.
 * @param wrt - Values to differentiate by.
 * @returns one gradient per value of `wrt`, in its shape.
 * @throws {UnsupportedError} for an op without a rule on the way, or a value that no seed depends on.
 * @throws {ShapeError} if a seed's gradient has not its value's shape.
 */
export function differentiate(g: Graph, seeds: readonly Seed[], wrt: readonly Value[]): Value[] {
  const dependent = dependentsOf(g, wrt);
  const gradients = new Map<number, Value>();
  const accumulate = (value: Value, gradient: Value): void => {
    if (!sameShape(value.shape, gradient.shape))
      throw new ShapeError("differentiate", "a gradient of its value's shape", [
        gradient.shape,
        value.shape,
      ]);
    const known = gradients.get(value.id);
    gradients.set(value.id, known ? add(g, known, gradient) : gradient);
  };
  for (const { value, gradient } of seeds) accumulate(value, gradient);
  for (const node of g.nodes.toReversed()) {
    const known = node.outputs.map(({ id }) => gradients.get(id));
    if (!known.some(Boolean) || !node.inputs.some(({ id }) => dependent.has(id))) continue;
    for (const [index, gradient] of applyRule(g, node, known).entries()) {
      const input = node.inputs[index];
      if (gradient && dependent.has(input.id)) accumulate(input, gradient);
    }
  }
  return wrt.map((value) => {
    const gradient = gradients.get(value.id);
    if (gradient) return gradient;
    const what = `value ${value.name ?? value.id}, which no seed depends on`;
    throw new UnsupportedError("differentiate", what, "leave it out");
  });
}

/** Values that change when one of some values does, themselves included. */
function dependentsOf(g: Graph, values: readonly Value[]): ReadonlySet<number> {
  const dependent = new Set(values.map(({ id }) => id));
  for (const { inputs, outputs } of g.nodes)
    if (inputs.some(({ id }) => dependent.has(id))) for (const { id } of outputs) dependent.add(id);
  return dependent;
}

function applyRule(
  g: Graph,
  node: GraphNode,
  gradients: readonly (Value | undefined)[],
): readonly (Value | undefined)[] {
  const rule = gradientRules[node.op];
  if (!rule)
    throw new UnsupportedError("differentiate", `op "${node.op}"`, "add a gradient.ts to its room");
  return rule(g, { ...node, gradients } as unknown as ForwardNode<unknown>);
}
