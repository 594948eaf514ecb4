import { describe, expect, it } from "vitest";
import { add } from "../ops/add/op.ts";
import { alibi } from "../ops/alibi/op.ts";
import { crossEntropy } from "../ops/cross-entropy/op.ts";
import { gather } from "../ops/gather/op.ts";
import { joinBatch } from "../ops/join-batch/op.ts";
import { joinHeads } from "../ops/join-heads/op.ts";
import { l2Normalize } from "../ops/l2-normalize/op.ts";
import { linear } from "../ops/linear/op.ts";
import { matmul } from "../ops/matmul/op.ts";
import { multiply } from "../ops/multiply/op.ts";
import { rmsNorm } from "../ops/rms-norm/op.ts";
import { gradientRules } from "../ops/rooms.ts";
import { rotary } from "../ops/rotary/op.ts";
import { scale } from "../ops/scale/op.ts";
import { softmax } from "../ops/softmax/op.ts";
import { splitBatch } from "../ops/split-batch/op.ts";
import { splitHeads } from "../ops/split-heads/op.ts";
import { swiglu } from "../ops/swiglu/op.ts";
import { compareGradients, doubles, type Function } from "./__fixtures__/finite-differences.ts";
import { differentiate } from "./differentiate.ts";
import { UnsupportedError } from "./errors.ts";
import { Graph } from "./graph.ts";
import { i32 } from "./tensor.ts";

/** Steps of 1e-5 in float64 leave about 1e-9; a wrong rule is off by far more. */
const TOLERANCE = 1e-7;

const [a, b] = [doubles(1, 3, 4), doubles(2, 3, 4)];

/** By op; each rule stands here. */
const functions: Record<string, Function[]> = {
  add: [{ inputs: { a, b }, by: ["a", "b"], build: (g, x) => [add(g, x.a, x.b)] }],
  multiply: [{ inputs: { a, b }, by: ["a", "b"], build: (g, x) => [multiply(g, x.a, x.b)] }],
  scale: [{ inputs: { a }, by: ["a"], build: (g, x) => [scale(g, x.a, -2.5)] }],
  linear: [
    {
      inputs: { x: a, w: doubles(2, 5, 4) },
      by: ["x", "w"],
      build: (g, { x, w }) => [linear(g, x, w)],
    },
  ],
  matmul: [false, true].flatMap((transA) =>
    [false, true].map((transB) => ({
      inputs: {
        a: doubles(1, 2, 2, ...(transA ? [4, 3] : [3, 4])),
        b: doubles(2, 2, 2, ...(transB ? [5, 4] : [4, 5])),
      },
      by: ["a", "b"],
      build: (g, x) => [matmul(g, x.a, x.b, { transA, transB, alpha: 0.3 })],
    })),
  ),
  rmsNorm: [
    {
      inputs: { x: a, w: doubles(2, 4) },
      by: ["x", "w"],
      build: (g, { x, w }) => [rmsNorm(g, x, w, 1e-2)],
    },
  ],
  l2Normalize: [{ inputs: { a }, by: ["a"], build: (g, x) => [l2Normalize(g, x.a)] }],
  swiglu: [{ inputs: { a, b }, by: ["a", "b"], build: (g, x) => [swiglu(g, x.a, x.b)] }],
  rotary: [
    {
      inputs: { x: doubles(1, 3, 2, 4), cos: doubles(2, 3, 2), sin: doubles(3, 3, 2) },
      by: ["x"],
      build: (g, { x, cos, sin }) => [rotary(g, x, cos, sin)],
    },
  ],
  splitHeads: [
    {
      inputs: { x: doubles(1, 3, 12) },
      by: ["x"],
      build: (g, { x }) => splitHeads(g, x, { parts: 3, numHeads: 2, headDim: 2 }),
    },
    {
      inputs: { x: doubles(1, 3, 12) },
      by: ["x"],
      build: (g, { x }) => splitHeads(g, x, { parts: 3, numHeads: 2, headDim: 2 }).slice(1, 2),
    },
  ],
  joinHeads: [
    {
      inputs: { a: doubles(1, 3, 2, 4), b: doubles(2, 3, 2, 4) },
      by: ["a", "b"],
      build: (g, x) => [joinHeads(g, [x.a, x.b])],
    },
  ],
  splitBatch: [
    {
      inputs: { x: doubles(1, 6, 2, 4) },
      by: ["x"],
      build: (g, { x }) => [splitBatch(g, x, { length: 3 })],
    },
  ],
  joinBatch: [
    {
      inputs: { x: doubles(1, 2, 2, 3, 4) },
      by: ["x"],
      build: (g, { x }) => [joinBatch(g, x, { rows: 6 })],
    },
  ],
  gather: [
    {
      inputs: { table: doubles(1, 4, 3), indices: i32(Int32Array.of(2, 0, 2), [3]) },
      by: ["table"],
      build: (g, { table, indices }) => [gather(g, table, indices)],
    },
  ],
  softmax: [
    {
      inputs: {
        x: doubles(1, 2, 3, 4, 4),
        mask: doubles(2, 2, 1, 4, 4),
        bias: doubles(3, 1, 3, 4, 4),
      },
      by: ["x"],
      build: (g, { x, mask, bias }) => [softmax(g, x, [mask, bias])],
    },
  ],
  crossEntropy: [
    {
      inputs: { x: doubles(1, 3, 5), labels: i32(Int32Array.of(2, -100, 4), [3]) },
      by: ["x"],
      build: (g, { x, labels }) => Object.values(crossEntropy(g, x, labels)),
    },
    {
      inputs: { x: doubles(1, 3, 5), labels: i32(Int32Array.of(2, -100, 4), [3]) },
      by: ["x"],
      build: (g, { x, labels }) => [crossEntropy(g, x, labels).losses],
    },
  ],
};

describe("the gradient rule of", () => {
  it.each(Object.entries(functions))("%s agrees with finite differences", async (_op, cases) => {
    for (const one of cases) expect(await compareGradients(one)).toBeLessThan(TOLERANCE);
  });

  it("every op is checked", () => {
    expect(Object.keys(functions).toSorted()).toEqual(Object.keys(gradientRules).toSorted());
  });
});

describe("differentiate", () => {
  it("adds up what a value gives on several ways", async () => {
    const build: Function["build"] = (g, x) => [multiply(g, x.a, add(g, x.a, scale(g, x.a, 3)))];
    expect(await compareGradients({ inputs: { a }, by: ["a"], build })).toBeLessThan(TOLERANCE);
  });

  it("starts from several values, one of which leads to the other", async () => {
    const build: Function["build"] = (g, x) => {
      const y = scale(g, x.a, 2);
      return [y, multiply(g, y, x.b)];
    };
    const one = { inputs: { a, b }, by: ["a", "b"], build };
    expect(await compareGradients(one)).toBeLessThan(TOLERANCE);
  });

  it("leaves ops without a rule alone where nothing wanted leads through them", () => {
    const g = new Graph();
    const x = g.input("x", "f32", [1, 3, 4]);
    const mask = g.input("mask", "f32", [3, 4]);
    const [queries, keys] = [g.input("queries", "f32", [3]), g.input("keys", "f32", [4])];
    const y = multiply(g, x, alibi(g, mask, queries, keys, { slopes: [0.5] }));
    expect(differentiate(g, [{ value: y, gradient: y }], [x])[0]?.shape).toEqual([1, 3, 4]);
    expect(() => differentiate(g, [{ value: y, gradient: y }], [mask])).toThrow(UnsupportedError);
  });

  it("refuses a value that nothing depends on, and a seed of another shape", () => {
    const g = new Graph();
    const [x, other] = [g.input("x", "f32", [2]), g.input("other", "f32", [2])];
    const y = scale(g, x, 2);
    expect(() => differentiate(g, [{ value: y, gradient: y }], [other])).toThrow(
      "value other, which no seed depends on",
    );
    const gradient = g.input("seed", "f32", [3]);
    expect(() => differentiate(g, [{ value: y, gradient }], [x])).toThrow(
      "expected a gradient of its value's shape, got [3] and [2]",
    );
  });
});
