import type { Backend, Executable, WeightReader } from "../../backend.ts";
import { checkFeeds } from "../../graph/check-feeds.ts";
import { DisposedError, UnsupportedError } from "../../graph/errors.ts";
import type { Graph, GraphNode } from "../../graph/graph.ts";
import { liveNodes } from "../../graph/live-nodes.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { StoredWeight } from "../../ops/reference-op.ts";
import { referenceOps } from "../../ops/rooms.ts";
import { decodeWeight } from "../decode-weight.ts";
import { readWeight } from "../read-weight.ts";

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

/** A weight as it is stored, and the numbers it stands for. */
interface LoadedWeight {
  readonly stored: StoredWeight;
  readonly tensor: Tensor;
}

class ReferenceExecutable implements Executable {
  readonly #graph: Graph;
  readonly #weights: ReadonlyMap<number, LoadedWeight>;
  #disposed = false;

  constructor(graph: Graph, weights: ReadonlyMap<number, LoadedWeight>) {
    this.#graph = graph;
    this.#weights = weights;
  }

  async run(feeds: Readonly<Record<string, Tensor>>, fetches = [...this.#graph.outputs.keys()]) {
    if (this.#disposed) throw new DisposedError("reference executable");
    checkFeeds(this.#graph, feeds);
    const values = new Map([...this.#weights].map(([id, { tensor }]) => [id, tensor]));
    for (const { id, name = "" } of this.#graph.inputs) values.set(id, tensorOf(feeds[name], name));
    for (const node of liveNodes(this.#graph)) {
      const stored = node.inputs.map(({ id }) => this.#weights.get(id)?.stored);
      runNode(node, values, stored);
    }
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

function runNode(
  node: GraphNode,
  values: Map<number, Tensor>,
  stored: readonly (StoredWeight | undefined)[],
): void {
  const reference = referenceOps[node.op];
  const inputs = node.inputs.map(({ id }) => tensorOf(values.get(id), `${node.op}'s input ${id}`));
  const outputs =
    reference?.(inputs as [Tensor, Tensor, ...Tensor[]], node.attributes, stored) ?? [];
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
): Promise<Map<number, LoadedWeight>> {
  const loaded = new Map<number, LoadedWeight>();
  for (const weight of graph.weights) {
    const stored = await readWeight(weight, reader, signal);
    loaded.set(weight.id, { stored, tensor: decodeWeight(weight, stored) });
  }
  return loaded;
}
