import type { Backend, Executable, WeightReader } from "../../backend.ts";
import { checkFeeds } from "../../graph/check-feeds.ts";
import { DisposedError, UnsupportedError } from "../../graph/errors.ts";
import type { Graph, GraphNode } from "../../graph/graph.ts";
import { elementCount, f32, type Tensor } from "../../graph/tensor.ts";
import { referenceOps } from "../../ops/rooms.ts";

/**
 * The backend that says what is right: interprets the graph node by node with each room's `reference.ts`.
 * Sums are float64, results float32. Slow on purpose; it is there to be compared with and to be read.
 */
export function createReferenceBackend(): Backend {
  return {
    name: "reference",
    async compile(graph, weights, options = {}) {
      for (const { op } of graph.nodes) {
        if (!referenceOps[op])
          throw new UnsupportedError("reference", `op "${op}"`, "add it to ops/rooms.ts");
      }
      const loaded = await loadWeights(graph, weights, options.signal);
      return new ReferenceExecutable(graph, loaded);
    },
  };
}

class ReferenceExecutable implements Executable {
  readonly #graph: Graph;
  readonly #weights: ReadonlyMap<number, Tensor>;
  #disposed = false;

  constructor(graph: Graph, weights: ReadonlyMap<number, Tensor>) {
    this.#graph = graph;
    this.#weights = weights;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches = [...this.#graph.outputs.keys()]) {
    if (this.#disposed) throw new DisposedError("reference executable");
    checkFeeds(this.#graph, feeds);
    const values = new Map(this.#weights);
    for (const { id, name = "" } of this.#graph.inputs) values.set(id, tensorOf(feeds[name], name));
    for (const node of this.#graph.nodes) runNode(node, values);
    return Object.fromEntries(
      fetches.map((name) => {
        const value = this.#graph.outputs.get(name);
        return [name, tensorOf(value && values.get(value.id), name)];
      }),
    );
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

function runNode(node: GraphNode, values: Map<number, Tensor>): void {
  const reference = referenceOps[node.op];
  const inputs = node.inputs.map(({ id }) => tensorOf(values.get(id), `${node.op}'s input ${id}`));
  const outputs = reference?.(inputs as [Tensor, Tensor, ...Tensor[]], node.attributes) ?? [];
  for (const [index, { id }] of node.outputs.entries())
    values.set(id, tensorOf(outputs[index], node.op));
}

function tensorOf(tensor: Tensor | undefined, name: string): Tensor {
  if (!tensor) throw new Error(`reference: expected a value for "${name}", got none`);
  return tensor;
}

async function loadWeights(
  graph: Graph,
  reader: WeightReader,
  signal?: AbortSignal,
): Promise<Map<number, Tensor>> {
  const loaded = new Map<number, Tensor>();
  for (const weight of graph.weights) {
    const data = new Float32Array(elementCount(weight.shape));
    let filled = 0;
    for await (const chunk of reader.read(weight.name, signal)) {
      signal?.throwIfAborted();
      data.set(chunk, filled);
      filled += chunk.length;
    }
    if (filled !== data.length) {
      throw new Error(`weight "${weight.name}": expected ${data.length} values, got ${filled}`);
    }
    loaded.set(weight.id, f32(data, weight.shape));
  }
  return loaded;
}
