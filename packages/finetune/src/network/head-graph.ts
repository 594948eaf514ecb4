import {
  crossEntropy,
  differentiate,
  Graph,
  linear,
  multiply,
  rmsNorm,
  type Value,
} from "@baichuan2/kernels";
import type { ModelConfig } from "@baichuan2/model";

/** Names of the head's weights; with NormHead `head` is the normalised matrix. */
export const HEAD_WEIGHTS = ["norm.weight", "head.weight"] as const;

/**
 * Final norm, head and loss of some rows, forwards and backwards at once: logits exist only inside.
 *
 *   inputs   x [R, C], norm.weight [C], head.weight [V, C], labels [R] i32 (below 0: no label)
 *            dlosses [R]: weight of each row's loss
 *            with a z-loss dsquares [R]: twice the weight of each row's (max logit)²
 *   outputs  losses [R], d.x [R, C], d.norm.weight [C], d.head.weight [V, C]; with a z-loss maxima [R]
 */
export function buildHeadGraph(
  { hiddenSize: C, vocabSize: V, rmsNormEps }: ModelConfig,
  { hasZLoss }: { readonly hasZLoss: boolean },
): Graph {
  const g = new Graph();
  const rows = (name: string): Value => g.input(name, "f32", ["R"]);
  const x = g.input("x", "f32", ["R", C]);
  const norm = g.input("norm.weight", "f32", [C]);
  const head = g.input("head.weight", "f32", [V, C]);
  const labels = g.input("labels", "i32", ["R"]);
  const dlosses = rows("dlosses");
  const { losses, maxima } = crossEntropy(
    g,
    linear(g, rmsNorm(g, x, norm, rmsNormEps), head),
    labels,
  );
  const seeds = [{ value: losses, gradient: dlosses }];
  if (hasZLoss) {
    seeds.push({ value: maxima, gradient: multiply(g, rows("dsquares"), maxima) });
    g.output("maxima", maxima);
  }
  const names = ["x", ...HEAD_WEIGHTS];
  g.output("losses", losses);
  for (const [i, gradient] of differentiate(g, seeds, [x, norm, head]).entries())
    g.output(`d.${names[i]}`, gradient);
  return g;
}
