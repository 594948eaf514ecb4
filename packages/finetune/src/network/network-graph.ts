import { differentiate, gather, Graph, type Value } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { addHead, HEAD_WEIGHTS } from "./head-graph.ts";
import { EMBEDDINGS, layerKey } from "./parameters.ts";
import { positionInputs, trainingLayer, type TrainingLayerOptions } from "./training-layer.ts";

/** What a network's graph is built for. */
export interface NetworkGraphOptions extends TrainingLayerOptions {
  /** Weights of each layer that are trained, by their keys within it. */
  readonly trained: readonly string[];
  /** Trained parameters outside of the layers. */
  readonly trainedOutside: readonly string[];
  readonly hasZLoss: boolean;
}

/**
 * All layers, the head and the loss, forwards and backwards, as one graph: what layers keep for their way back never leaves the
 * session, which would copy it (a tenth of a step).
 *
 *   inputs   x [T, C], those of `positionInputs` and `addHead`, rows [R] i32: rows whose loss counts,
 *            weights and dropout masks by their checkpoint's keys
 *   outputs  those of `addHead`, d.{key} of each trained weight, d.x [T, C] where embeddings are trained
 */
export function buildNetworkGraph(config: ModelConfig, options: NetworkGraphOptions): Graph {
  const g = new Graph();
  const { trained, trainedOutside, hasZLoss } = options;
  const wrt = new Map<string, Value>();
  const x = g.input("x", "f32", ["T", config.hiddenSize]);
  if (trainedOutside.includes(EMBEDDINGS)) wrt.set("x", x);
  const positions = positionInputs(g, config, options.length);
  let states = x;
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const input = (key: string, shape: readonly (number | string)[]): Value => {
      const value = g.input(layerKey(layer, key), "f32", shape);
      if (trained.includes(key)) wrt.set(layerKey(layer, key), value);
      return value;
    };
    states = trainingLayer(g, config, { x: states, positions, input }, options);
  }
  const counted = gather(g, states, g.input("rows", "i32", ["R"]));
  const { weights, seeds } = addHead(g, config, counted, { isTrained: true, hasZLoss });
  for (const key of HEAD_WEIGHTS) if (trainedOutside.includes(key)) wrt.set(key, weights[key]);
  const gradients = differentiate(g, seeds, [...wrt.values()]);
  for (const [i, key] of [...wrt.keys()].entries()) g.output(`d.${key}`, gradients[i] as Value);
  return g;
}
