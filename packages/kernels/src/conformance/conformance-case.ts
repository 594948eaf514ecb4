import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";

/** One graph with numbers; every backend must agree with the reference on all its outputs. */
export interface ConformanceCase {
  readonly title: string;
  /** Builds the graph; names at least one output. */
  build(g: Graph): void;
  readonly feeds: Readonly<Record<string, Tensor>>;
}
