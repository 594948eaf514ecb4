/**
 * How many bytes are needed at least from each state to the end of its rule, and how many rules are open on that way at once.
 *
 * Dijkstra's algorithm with Knuth's step for calls: an edge that calls a rule is settled when both the rule's start and its
 * target are; its length is the sum of both.
 *
 * @see Knuth 1977, A generalization of Dijkstra's algorithm, https://doi.org/10.1016/0020-0190(77)90002-3
 */
import { MAX_SHORTEST_BYTES } from "../limits.ts";
import type { Rule, State } from "./automaton-builder.ts";

/** Per state; the way of `height` is one of the ways of `distance`. */
export interface ShortestEnds {
  /** Bytes to the end of the rule; Infinity where there is none within the limit. */
  readonly distance: Float64Array;
  /** Rules that are open beyond this one at once. */
  readonly height: Float64Array;
}

interface Edge {
  readonly source: number;
  readonly target: number;
  readonly bytes: number;
  /** Start of the called rule. */
  readonly callee: number | undefined;
}

/** Finds the shortest ends of all states. */
export function shortestEnds(states: readonly State[], rules: readonly Rule[]): ShortestEnds {
  const distance = new Float64Array(states.length).fill(Infinity);
  const height = new Float64Array(states.length).fill(Infinity);
  const incoming = incomingEdges(states);
  const buckets: [state: number, height: number][][] = [rules.map(({ accept }) => [accept, 0])];
  for (let bytes = 0; bytes < buckets.length; bytes++) {
    const bucket = buckets[bytes] ?? [];
    // Grows while it is read: edges that read nothing lead to the same distance.
    for (const [state, stateHeight] of bucket) {
      if (distance[state] !== Infinity) continue;
      distance[state] = bytes;
      height[state] = stateHeight;
      for (const edge of incoming[state] ?? []) relax(edge);
    }
  }
  return { distance, height };

  function relax({ source, target, bytes, callee }: Edge): void {
    const inner = callee === undefined ? 0 : (distance[callee] as number);
    const length = (distance[target] as number) + bytes + inner;
    if (length > MAX_SHORTEST_BYTES || distance[source] !== Infinity) return;
    const open = callee === undefined ? 0 : 1 + (height[callee] as number);
    (buckets[length] ??= []).push([source, Math.max(height[target] as number, open)]);
  }
}

/** Edges by the states that they wait for: their target, and the start of the rule they call. */
function incomingEdges(states: readonly State[]): Edge[][] {
  const incoming = states.map((): Edge[] => []);
  const add = (edge: Edge): void => {
    incoming[edge.target]?.push(edge);
    if (edge.callee !== undefined) incoming[edge.callee]?.push(edge);
  };
  for (const [source, { bytes, empties, calls }] of states.entries()) {
    for (const target of new Set(bytes.map((edge) => edge.target)))
      add({ source, target, bytes: 1, callee: undefined });
    for (const target of empties) add({ source, target, bytes: 0, callee: undefined });
    for (const { rule, target } of calls) add({ source, target, bytes: 0, callee: rule.start });
  }
  return incoming;
}
