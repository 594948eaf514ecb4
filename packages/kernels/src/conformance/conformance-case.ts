import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";

/** One graph with numbers; every backend must agree with the reference on all its outputs. */
export interface ConformanceCase {
  readonly title: string;
  /** Builds the graph; names at least one output. */
  build(g: Graph): void;
  /** Absolute error allowed instead of that of float32 sums, where a backend may round activations; with its reason. */
  readonly tolerance?: number;
  readonly feeds: Readonly<Record<string, Tensor>>;
}
