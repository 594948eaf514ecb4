import type { Graph, GraphNode, Value, Weight } from "../../graph/graph.ts";
import type { Shape } from "../../graph/tensor-type.ts";

/**
 * A `gather` that is done before the session runs: the session is fed the rows, and the table stays where it is stored.
 *
 *   indices ── gather ── rows         indices ── row reader ── rows (an input of the session)
 *   table ────┘
 *
 * Of an embedding table of gigabytes a run needs kilobytes. Mapped by a session it would take up to 2 MiB of resident
 * memory a row, since the system maps what it holds in large blocks as a whole; in WebAssembly, the heap.
 */
export interface Lookup {
  readonly node: GraphNode;
  readonly table: Weight;
  /** Input of the graph that has the indices. */
  readonly indices: string;
  /** The session's input for the rows. */
  readonly rows: SessionInput;
}

/** An input of the ONNX model. */
export interface SessionInput {
  readonly name: string;
  readonly dtype: Value["dtype"];
  readonly shape: Shape;
}

/** The gathers of a graph that are lookups: from weights that no other op takes, by indices that are fed. */
export function lookupsOf(graph: Graph): Lookup[] {
  return graph.nodes.flatMap((node) => {
    const [table, indices] = node.inputs;
    const weight = graph.weights.find(({ id }) => id === table?.id);
    const isOnlyGathered = graph.nodes.every(
      ({ op, inputs }) => op === "gather" || !inputs.some(({ id }) => id === weight?.id),
    );
    const [rows] = node.outputs;
    if (node.op !== "gather" || !weight || !isOnlyGathered || !rows || !indices?.name) return [];
    const feed = { name: `${weight.name}.rows.${rows.id}`, dtype: rows.dtype, shape: rows.shape };
    return [{ node, table: weight, indices: indices.name, rows: feed }];
  });
}

/** All inputs of a graph's ONNX model: those of the graph and the rows of its lookups. */
export function sessionInputs(graph: Graph): SessionInput[] {
  const inputs = graph.inputs.map(({ name = "", dtype, shape }) => ({ name, dtype, shape }));
  return [...inputs, ...lookupsOf(graph).map(({ rows }) => rows)];
}
