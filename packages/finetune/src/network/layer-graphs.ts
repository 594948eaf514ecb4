import { differentiate, Graph, splitGraph, type Value } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { positionInputs, trainingLayer, type TrainingLayerOptions } from "./training-layer.ts";

/** What layer graphs are built for. */
export interface LayerGraphOptions extends TrainingLayerOptions {
  /** Weights of a layer that are trained, by their keys within the layer. */
  readonly trained: readonly string[];
  /** Whether the backward graph computes the layer anew instead of taking what the forward graph has kept. */
  readonly recompute: boolean;
}

/** Results that take longer to carry from session to session (1 ms a megabyte) than to compute again. */
const COMPUTED_AGAIN: ReadonlySet<string> = new Set(["rmsNorm", "swiglu"]);

/** The graphs of a decoder layer; every layer runs through the same two. */
export interface LayerGraphs {
  /** Inputs `x [T, C]`, weights by key, what `positionInputs` declares; output `y [T, C]` and what is carried. */
  readonly forward: Graph;
  /** The same inputs, `dy` and what is carried; outputs `d.x` and `d.{key}` of each trained weight. */
  readonly backward: Graph;
  /** Outputs of `forward` that `backward` takes; none with `recompute`. */
  readonly carried: readonly string[];
}

/**
 * One layer forwards and backwards. Weights are inputs, so that all layers share two sessions, and which bytes are fed for
 * a layer decides whether they are full, frozen, or just dequantized.
 */
export function buildLayerGraphs(config: ModelConfig, options: LayerGraphOptions): LayerGraphs {
  const whole = new Graph();
  const { x, y, inputs } = buildForward(whole, config, options);
  const end = whole.nodes.length;
  whole.output("y", y);
  const dy = whole.input("dy", "f32", y.shape);
  const names = ["x", ...options.trained];
  const wrt = [x, ...options.trained.map((key) => inputOf(inputs, key))];
  for (const [i, gradient] of differentiate(whole, [{ value: y, gradient: dy }], wrt).entries())
    whole.output(`d.${names[i]}`, gradient);
  if (!options.recompute) {
    const { first, second, carried } = splitGraph(whole, end, COMPUTED_AGAIN);
    return { forward: first, backward: second, carried };
  }
  whole.outputs.delete("y");
  const forward = new Graph();
  forward.output("y", buildForward(forward, config, options).y);
  return { forward, backward: whole, carried: [] };
}

interface Forward {
  readonly x: Value;
  readonly y: Value;
  readonly inputs: ReadonlyMap<string, Value>;
}

function buildForward(g: Graph, config: ModelConfig, options: LayerGraphOptions): Forward {
  const inputs = new Map<string, Value>();
  const input = (key: string, shape: readonly (number | string)[]): Value => {
    const value = g.input(key, "f32", shape);
    inputs.set(key, value);
    return value;
  };
  const x = g.input("x", "f32", ["T", config.hiddenSize]);
  const positions = positionInputs(g, config, options.length);
  return { x, y: trainingLayer(g, config, { x, positions, input }, options), inputs };
}

function inputOf(inputs: ReadonlyMap<string, Value>, key: string): Value {
  const value = inputs.get(key);
  if (value) return value;
  throw new Error(
    `layer graph: expected a weight of a layer, got ${key} (it has ${[...inputs.keys()].join(", ")})`,
  );
}
