import { crossEntropy, differentiate, Graph, linear, multiply, rmsNorm } from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";

/** What the loss of the head can be differentiated by; with NormHead `head.weight` is the normalised matrix. */
export type HeadValue = "x" | "norm.weight" | "head.weight";

/** What the head's graph computes. */
export interface HeadGraphOptions {
  /** Gradients that are wanted; none for an evaluation. */
  readonly wrt: readonly HeadValue[];
  /** Whether the z-loss counts. */
  readonly hasZLoss: boolean;
}

/**
 * Final norm, head and loss of some rows, forwards and backwards at once: logits exist only inside. Only what is wanted is in the
 * graph: onnxruntime computes all outputs of a graph, asked for or not.
 *
 *   inputs   x [R, C], norm.weight [C], head.weight [V, C], labels [R] i32 (below 0: no label)
 *            with gradients dlosses [R]: weight of each row's loss
 *            with a z-loss too dsquares [R]: twice the weight of each row's (max logit)²
 *   outputs  losses [R]; with a z-loss maxima [R]; of d.x [R, C], d.norm.weight [C], d.head.weight [V, C] those in `wrt`
 */
export function buildHeadGraph(
  { hiddenSize: C, vocabSize: V, rmsNormEps }: ModelConfig,
  { wrt, hasZLoss }: HeadGraphOptions,
): Graph {
  const g = new Graph();
  const values = {
    x: g.input("x", "f32", ["R", C]),
    "norm.weight": g.input("norm.weight", "f32", [C]),
    "head.weight": g.input("head.weight", "f32", [V, C]),
  };
  const labels = g.input("labels", "i32", ["R"]);
  const normed = rmsNorm(g, values.x, values["norm.weight"], rmsNormEps);
  const { losses, maxima } = crossEntropy(g, linear(g, normed, values["head.weight"]), labels);
  g.output("losses", losses);
  if (hasZLoss) g.output("maxima", maxima);
  if (wrt.length === 0) return g;
  const seeds = [{ value: losses, gradient: g.input("dlosses", "f32", ["R"]) }];
  if (hasZLoss) {
    const gradient = multiply(g, g.input("dsquares", "f32", ["R"]), maxima);
    seeds.push({ value: maxima, gradient });
  }
  const wanted = wrt.map((name) => values[name]);
  for (const [i, gradient] of differentiate(g, seeds, wanted).entries())
    g.output(`d.${wrt[i]}`, gradient);
  return g;
}
