import { createReferenceBackend } from "../backends/reference/reference-backend.ts";
import { Graph, type Value } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";

/** For worked examples: applies an op to tensors with the reference backend and returns the numbers of each output. */
export async function runOp(
  inputs: readonly Tensor[],
  apply: (g: Graph, ...values: Value[]) => Value | Value[],
): Promise<number[][]> {
  const g = new Graph();
  const values = inputs.map(({ dtype, shape }, i) => g.input(`x${i}`, dtype, shape));
  for (const [i, value] of [apply(g, ...values)].flat().entries()) g.output(`y${i}`, value);
  const executable = await createReferenceBackend().compile(g, { async *read() {} });
  const outputs = await executable.run(
    Object.fromEntries(inputs.map((tensor, i) => [`x${i}`, tensor])),
  );
  return Object.values(outputs).map(({ data }) => [...data]);
}
