import type { Graph, Value } from "../graph/graph.ts";
import { f32, i32, type Tensor } from "../graph/tensor.ts";
import { crossEntropyGradient } from "../ops/cross-entropy-gradient/op.ts";
import { crossEntropy } from "../ops/cross-entropy/op.ts";
import { gatherGradient } from "../ops/gather-gradient/op.ts";
import { joinBatch } from "../ops/join-batch/op.ts";
import { joinHeads } from "../ops/join-heads/op.ts";
import { l2NormalizeGradient } from "../ops/l2-normalize-gradient/op.ts";
import { matmul } from "../ops/matmul/op.ts";
import { multiply } from "../ops/multiply/op.ts";
import { rmsNormGradient } from "../ops/rms-norm-gradient/op.ts";
import { scale } from "../ops/scale/op.ts";
import { softmaxGradient } from "../ops/softmax-gradient/op.ts";
import { softmax } from "../ops/softmax/op.ts";
import { splitBatch } from "../ops/split-batch/op.ts";
import { swigluGradient } from "../ops/swiglu-gradient/op.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { opCase, random } from "./op-case.ts";

const labels = i32(Int32Array.of(2, -100, 0, 6), [4]);

function matmulCase(transA: boolean, transB: boolean): ConformanceCase {
  const feeds = {
    a: random(1, 2, 3, ...(transA ? [8, 5] : [5, 8])),
    b: random(2, 2, 3, ...(transB ? [6, 8] : [8, 6])),
  };
  const title = `matmul of matrices with transA ${transA}, transB ${transB}`;
  return opCase(title, feeds, (g, { a, b }) => matmul(g, a, b, { transA, transB, alpha: 0.25 }));
}

/** A gradient of weights: `aᵀ · b` over T rows. */
function weightGradient(M: number, N: number): ConformanceCase {
  return opCase(
    `matmul of the turned [T, ${M}] and [T, ${N}]`,
    { a: random(1, 5, M), b: random(2, 5, N) },
    (g, { a, b }) => matmul(g, a, b, { transA: true }),
    { a: ["T", M], b: ["T", N] },
  );
}

/** Large scores, and a bias that shuts keys out. */
function scores(): Record<string, Tensor> {
  const mask = Float32Array.from({ length: 2 * 5 * 5 }, (_, i) =>
    i % 5 > Math.floor(i / 5) % 5 ? -3.4e38 : 0,
  );
  const x = random(1, 2, 3, 5, 5);
  return {
    x: f32(x.data.map((v) => 30 * v) as Float32Array, x.shape),
    mask: f32(mask, [2, 1, 5, 5]),
  };
}

const three = (g: Graph, apply: (values: Value[]) => Value[]): Value[] =>
  apply(["x", "y", "z"].map((name) => g.input(name, "f32", [4, 16])));

/** What training adds to the contract: primitives and gradients. */
export const trainingCases: readonly ConformanceCase[] = [
  opCase("multiply of [3, 20]", { a: random(1, 3, 20), b: random(2, 3, 20) }, (g, { a, b }) =>
    multiply(g, a, b),
  ),
  opCase("scale of [3, 20]", { a: random(1, 3, 20) }, (g, { a }) => scale(g, a, -0.3)),
  ...[false, true].flatMap((a) => [false, true].map((b) => matmulCase(a, b))),
  opCase(
    "matmul of symbolic rows",
    { a: random(1, 7, 8), b: random(2, 7, 4) },
    (g, { a, b }) => matmul(g, a, b, { transA: true }),
    { a: ["T", 8], b: ["T", 4] },
  ),
  opCase("softmax with a mask", scores(), (g, { x, mask }) => softmax(g, x, [mask]), {
    x: ["B", 3, 5, 5],
    mask: ["B", 1, 5, 5],
  }),
  opCase(
    "softmax with two biases",
    { ...scores(), bias: random(3, 1, 3, 5, 5) },
    (g, { x, mask, bias }) => softmax(g, x, [mask, bias]),
  ),
  opCase("softmaxGradient", { y: random(1, 3, 4, 9), dy: random(2, 3, 4, 9) }, (g, { y, dy }) =>
    softmaxGradient(g, y, dy),
  ),
  opCase(
    "splitBatch of two texts",
    { x: random(1, 6, 2, 5) },
    (g, { x }) => splitBatch(g, x, { length: 3 }),
    { x: ["T", 2, 5] },
  ),
  opCase(
    "joinBatch of two texts",
    { x: random(1, 2, 2, 3, 5) },
    (g, { x }) => joinBatch(g, x, { rows: "T" }),
    { x: ["B", 2, 3, 5] },
  ),
  opCase(
    "joinHeads of three parts",
    { a: random(1, 3, 2, 4), b: random(2, 3, 2, 4), c: random(3, 3, 2, 4) },
    (g, { a, b, c }) => joinHeads(g, [a, b, c]),
    { a: ["T", 2, 4], b: ["T", 2, 4], c: ["T", 2, 4] },
  ),
  opCase("joinHeads of one part", { a: random(1, 3, 2, 4) }, (g, { a }) => joinHeads(g, [a])),
  opCase(
    "rmsNormGradient",
    { x: random(1, 5, 48), weight: random(2, 48), dy: random(3, 5, 48) },
    (g, { x, weight, dy }) => rmsNormGradient(g, { x, weight, dy }, 1e-6),
    { x: ["T", 48], dy: ["T", 48] },
  ),
  {
    title: "swigluGradient over 20 units",
    feeds: { x: random(1, 4, 16), y: random(2, 4, 16), z: random(3, 4, 16) },
    build(g) {
      const results = three(g, ([gate, up, dy]) => swigluGradient(g, gate, up, dy));
      for (const [index, value] of results.entries()) g.output(`y${index}`, value);
    },
  },
  opCase(
    "l2NormalizeGradient, a row of zeros among others",
    {
      x: f32(random(1, 3, 8).data.map((v, i) => (i < 8 ? 0 : v)) as Float32Array, [3, 8]),
      dy: f32(random(2, 3, 8).data.map((v, i) => (i < 8 ? 0 : v)) as Float32Array, [3, 8]),
    },
    (g, { x, dy }) => l2NormalizeGradient(g, x, dy),
  ),
  opCase(
    "crossEntropy of rows with and without labels",
    { logits: random(1, 4, 7), labels },
    (g, values) => Object.values(crossEntropy(g, values.logits, values.labels)),
    { logits: ["R", 7], labels: ["R"] },
  ),
  opCase(
    "crossEntropyGradient of rows with and without labels",
    { logits: random(1, 4, 7), labels, dlosses: random(2, 4), dmaxima: random(3, 4) },
    (g, { logits, labels: rows, dlosses, dmaxima }) =>
      crossEntropyGradient(g, { logits, labels: rows, dlosses, dmaxima }),
    { logits: ["R", 7], labels: ["R"], dlosses: ["R"], dmaxima: ["R"] },
  ),
  opCase(
    "crossEntropyGradient without maxima",
    { logits: random(1, 4, 7), labels, dlosses: random(2, 4) },
    (g, { logits, labels: rows, dlosses }) =>
      crossEntropyGradient(g, { logits, labels: rows, dlosses }),
    { logits: ["R", 7], labels: ["R"], dlosses: ["R"] },
  ),
  opCase(
    "gatherGradient, one row twice and others never",
    { table: random(1, 5, 6), indices: i32(Int32Array.of(3, 0, 3), [3]), dy: random(2, 3, 6) },
    (g, { table, indices, dy }) => gatherGradient(g, { table, indices, dy }),
    { table: ["T", 6], indices: ["R"], dy: ["R", 6] },
  ),
  weightGradient(3, 8),
  weightGradient(8, 3),
  {
    title: "nodes that no output needs are not run",
    feeds: { x: random(1, 4, 16), y: random(2, 4, 16), z: random(3, 4, 16) },
    build(g) {
      const [kept] = three(g, ([x, y, z]) => [
        multiply(g, x, z),
        matmul(g, y, y, { transA: true }),
      ]);
      g.output("kept", kept);
    },
  },
];
