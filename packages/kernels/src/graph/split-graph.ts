import { Graph, type GraphNode, type Value } from "./graph.ts";
import { liveNodes } from "./live-nodes.ts";

/** Two graphs that together do what one did. */
export interface SplitGraph {
  /** Gives what the second takes besides its own inputs. */
  readonly first: Graph;
  readonly second: Graph;
  /** Names of outputs of the first that are inputs of the second. */
  readonly carried: readonly string[];
}

/**
 * Cuts a graph after a node: what the second half needs of the first becomes an output here and an input there.
 *
 *   inputs ── nodes before ── outputs that they make
 *                │ carried.0, carried.1, …
 *   inputs ── nodes after ── the other outputs
 *
 * @param end - Nodes of the first half.
 * @param again - Ops whose results are not carried: the second half computes them anew from what is.
 * @throws {Error} for a graph with weights: both halves would have to hold them.
 */
export function splitGraph(
  g: Graph,
  end: number,
  again: ReadonlySet<string> = new Set(),
): SplitGraph {
  if (g.weights.length > 0)
    throw new Error("splitGraph: expected a graph of inputs, got weights (declare them as inputs)");
  const before = new Set(g.nodes.slice(0, end));
  const made = new Set([...before].flatMap(({ outputs }) => outputs.map(({ id }) => id)));
  const live = liveNodes(g);
  const inSecond = withRepeated(live, before, again);
  const carried = carriedValues(inSecond, made);
  const first = new Copy(g);
  first.add(live.filter((node) => before.has(node)));
  const second = new Copy(g);
  for (const [index, value] of carried.entries()) {
    first.graph.output(`carried.${index}`, first.of(value));
    second.declare(`carried.${index}`, value);
  }
  second.add(inSecond);
  for (const [name, value] of g.outputs) {
    const half = made.has(value.id) ? first : second;
    half.graph.output(name, half.of(value));
  }
  return {
    first: first.graph,
    second: second.graph,
    carried: carried.map((_, i) => `carried.${i}`),
  };
}

/** Nodes of the second half, with those of the first that are computed again for them; in the graph's order. */
function withRepeated(
  live: readonly GraphNode[],
  before: ReadonlySet<GraphNode>,
  again: ReadonlySet<string>,
): GraphNode[] {
  const wanted = new Set<number>();
  const nodes = live.toReversed().filter((node) => {
    const isTaken = node.outputs.some(({ id }) => wanted.has(id));
    if (before.has(node) && !(again.has(node.op) && isTaken)) return false;
    for (const { id } of node.inputs) wanted.add(id);
    return true;
  });
  return nodes.toReversed();
}

/** What nodes take that none of them makes, but for inputs of the graph. */
function carriedValues(nodes: readonly GraphNode[], made: ReadonlySet<number>): Value[] {
  const own = new Set(nodes.flatMap(({ outputs }) => outputs.map(({ id }) => id)));
  const carried = new Map<number, Value>();
  for (const value of nodes.flatMap(({ inputs }) => inputs))
    if (made.has(value.id) && !own.has(value.id)) carried.set(value.id, value);
  return [...carried.values()];
}

/** A graph with some nodes of another; inputs are declared when a node first takes them. */
class Copy {
  readonly graph = new Graph();
  readonly #original: Graph;
  readonly #values = new Map<number, Value>();

  constructor(original: Graph) {
    this.#original = original;
  }

  declare(name: string, { id, dtype, shape }: Value): void {
    this.#values.set(id, this.graph.input(name, dtype, shape));
  }

  add(nodes: readonly GraphNode[]): void {
    for (const { op, inputs, outputs, attributes } of nodes) {
      const copies = this.graph.apply(
        { name: op, infer: () => outputs.map(({ dtype, shape }) => ({ dtype, shape })) },
        inputs.map((value) => this.of(value)),
        attributes,
      );
      for (const [index, { id }] of outputs.entries()) this.#values.set(id, copies[index]);
    }
  }

  of(value: Value): Value {
    const known = this.#values.get(value.id);
    if (known) return known;
    const input = this.#original.inputs.find(({ id }) => id === value.id);
    if (!input?.name) throw new Error(`splitGraph: expected value ${value.id} to be known`);
    this.declare(input.name, input);
    return this.of(value);
  }
}
