import {
  crossEntropy,
  differentiate,
  Graph,
  linear,
  multiply,
  rmsNorm,
  type Seed,
  type Value,
} from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";
import { FINAL_NORM, LM_HEAD } from "./parameters.ts";

/** Weights of the head, by the checkpoint's keys; with NormHead `lm_head.weight` is the normalised matrix. */
export const HEAD_WEIGHTS = [FINAL_NORM, LM_HEAD] as const;

/** What the loss of the head can be differentiated by. */
export type HeadValue = "x" | (typeof HEAD_WEIGHTS)[number];

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
 *   inputs   x [R, C] and those of `addHead`
 *   outputs  those of `addHead`; of d.x [R, C], d.model.norm.weight [C], d.lm_head.weight [V, C] those in `wrt`
 */
export function buildHeadGraph(config: ModelConfig, { wrt, hasZLoss }: HeadGraphOptions): Graph {
  const g = new Graph();
  const x = g.input("x", "f32", ["R", config.hiddenSize]);
  const head = addHead(g, config, x, { isTrained: wrt.length > 0, hasZLoss });
  const wanted = wrt.map((name) => (name === "x" ? x : head.weights[name]));
  if (wrt.length === 0) return g;
  for (const [i, gradient] of differentiate(g, head.seeds, wanted).entries())
    g.output(`d.${wrt[i]}`, gradient);
  return g;
}

/** The head within a graph. */
export interface AddedHead {
  readonly weights: Readonly<Record<(typeof HEAD_WEIGHTS)[number], Value>>;
  /** Where the loss is differentiated from; none in an evaluation. */
  readonly seeds: readonly Seed[];
}

/**
 * Adds final norm, head and loss.
 *
 *   inputs   model.norm.weight [C], lm_head.weight [V, C], labels [R] i32 (below 0: no label)
 *            where it is trained dlosses [R]: weight of each row's loss
 *            and with a z-loss dsquares [R]: twice the weight of each row's (max logit)²
 *   outputs  losses [R]; with a z-loss maxima [R]
 *
 * @param x - The rows that count; `[R, C]`.
 */
export function addHead(
  g: Graph,
  { hiddenSize: C, vocabSize: V, rmsNormEps }: ModelConfig,
  x: Value,
  { isTrained, hasZLoss }: { readonly isTrained: boolean; readonly hasZLoss: boolean },
): AddedHead {
  const weights = {
    [FINAL_NORM]: g.input(FINAL_NORM, "f32", [C]),
    [LM_HEAD]: g.input(LM_HEAD, "f32", [V, C]),
  };
  const labels = g.input("labels", "i32", ["R"]);
  const logits = linear(g, rmsNorm(g, x, weights[FINAL_NORM], rmsNormEps), weights[LM_HEAD]);
  const { losses, maxima } = crossEntropy(g, logits, labels);
  g.output("losses", losses);
  if (hasZLoss) g.output("maxima", maxima);
  if (!isTrained) return { weights, seeds: [] };
  const seeds: Seed[] = [{ value: losses, gradient: g.input("dlosses", "f32", ["R"]) }];
  if (hasZLoss) {
    const gradient = multiply(g, g.input("dsquares", "f32", ["R"]), maxima);
    seeds.push({ value: maxima, gradient });
  }
  return { weights, seeds };
}
