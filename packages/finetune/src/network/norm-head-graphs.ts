import { differentiate, Graph, l2Normalize } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";

/** NormHead: input `weight [V, C]`, output `normalized`. */
export function buildNormHead({ hiddenSize: C, vocabSize: V }: ModelConfig): Graph {
  const g = new Graph();
  g.output("normalized", l2Normalize(g, g.input("weight", "f32", [V, C])));
  return g;
}

/** Its gradient: inputs `weight` and `dnormalized`, output `dweight`; `[V, C]` each. */
export function buildNormHeadGradient({ hiddenSize: C, vocabSize: V }: ModelConfig): Graph {
  const g = new Graph();
  const weight = g.input("weight", "f32", [V, C]);
  const gradient = g.input("dnormalized", "f32", [V, C]);
  const seeds = [{ value: l2Normalize(g, weight), gradient }];
  for (const dweight of differentiate(g, seeds, [weight])) g.output("dweight", dweight);
  return g;
}
