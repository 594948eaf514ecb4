import type { Graph, GraphNode } from "./graph.ts";

/** The nodes that some output depends on, in order: gradients leave behind what nobody asks for. */
export function liveNodes({ nodes, outputs }: Graph): GraphNode[] {
  const needed = new Set([...outputs.values()].map(({ id }) => id));
  const live: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some(({ id }) => needed.has(id))) continue;
    for (const { id } of node.inputs) needed.add(id);
    live.push(node);
  }
  return live.reverse();
}
